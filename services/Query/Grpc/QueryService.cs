using Grpc.Core;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Query.Backends;
using SessionPlatform.Query.Reporting;
using SessionPlatform.Query.Waiting;
using SessionPlatform.Access;
using AttributionClient = SessionPlatform.Contracts.Attribution.V1.Attribution.AttributionClient;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Query.Grpc;

/// <summary>The façade: the caller is authorised for the site here, and the services behind trust Query.</summary>
internal sealed class QueryService(
    Backend<Sessions.SessionsClient> sessions,
    Backend<Funnels.FunnelsClient> funnels,
    Backend<Metrics.MetricsClient> metrics,
    Backend<Journeys.JourneysClient> journeys,
    Backend<Retention.RetentionClient> retention,
    Backend<AttributionClient> attribution,
    Backend<Identity.IdentityClient> identity,
    Reports reports,
    ReportWatch watch,
    CheckpointWait waiting)
    : Contracts.Query.V1.Query.QueryBase
{
    public override Task<ListSessionsResponse> ListSessions(ListSessionsRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return sessions.ReadAsync((client, options) => client.ListSessionsAsync(request, options), context);
    }

    public override Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return sessions.ReadAsync((client, options) => client.GetSessionAsync(request, options), context);
    }

    public override Task<GetSessionStatsResponse> GetSessionStats(
        GetSessionStatsRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return sessions.ReadAsync((client, options) => client.GetSessionStatsAsync(request, options), context);
    }

    public override Task<ExplainSessionResponse> ExplainSession(
        ExplainSessionRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return sessions.ReadAsync((client, options) => client.ExplainSessionAsync(request, options), context);
    }

    public override Task<GetLatenessResponse> GetLateness(GetLatenessRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return sessions.ReadAsync((client, options) => client.GetLatenessAsync(request, options), context);
    }

    public override Task<GetRejectCountsResponse> GetRejectCounts(
        GetRejectCountsRequest request, ServerCallContext context)
    {
        // Without a site it is about senders nobody knows, which is for the operator to see.
        if (request.SiteId.Length == 0)
            context.RequirePlatform();
        else
            context.Authorise(request.SiteId, Scope.Read);
        return sessions.ReadAsync((client, options) => client.GetRejectCountsAsync(request, options), context);
    }

    public override Task<DefineFunnelResponse> DefineFunnel(DefineFunnelRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Admin);
        return funnels.WriteAsync((client, options) => client.DefineFunnelAsync(request, options), context);
    }

    public override Task<ListFunnelsResponse> ListFunnels(ListFunnelsRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return funnels.ReadAsync((client, options) => client.ListFunnelsAsync(request, options), context);
    }

    public override Task<GetFunnelResultResponse> GetFunnelResult(
        GetFunnelResultRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return funnels.ReadAsync((client, options) => client.GetFunnelResultAsync(request, options), context);
    }

    public override Task<GetDaysResponse> GetDays(GetDaysRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return funnels.ReadAsync((client, options) => client.GetDaysAsync(request, options), context);
    }

    public override Task<GetSeriesResponse> GetSeries(GetSeriesRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return metrics.ComputeAsync((client, options) => client.GetSeriesAsync(request, options), context);
    }

    public override Task<GetTopListResponse> GetTopList(GetTopListRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return metrics.ComputeAsync((client, options) => client.GetTopListAsync(request, options), context);
    }

    public override Task<GetActiveVisitorsResponse> GetActiveVisitors(
        GetActiveVisitorsRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return metrics.ComputeAsync((client, options) => client.GetActiveVisitorsAsync(request, options), context);
    }

    public override Task<MarkBotsResponse> MarkBots(MarkBotsRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Admin);
        return metrics.WriteAsync((client, options) => client.MarkBotsAsync(request, options), context);
    }

    public override Task<GetPathsResponse> GetPaths(GetPathsRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return journeys.ComputeAsync((client, options) => client.GetPathsAsync(request, options), context);
    }

    public override Task<GetTransitionsResponse> GetTransitions(
        GetTransitionsRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return journeys.ComputeAsync((client, options) => client.GetTransitionsAsync(request, options), context);
    }

    public override Task<GetFunnelReportResponse> GetFunnelReport(
        GetFunnelReportRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return funnels.ComputeAsync((client, options) => client.GetFunnelReportAsync(request, options), context);
    }

    public override Task<ListFunnelActorsResponse> ListFunnelActors(
        ListFunnelActorsRequest request, ServerCallContext context)
    {
        context.Authorise(request.Funnel?.SiteId ?? "", Scope.Read);
        return funnels.ComputeAsync((client, options) => client.ListFunnelActorsAsync(request, options), context);
    }

    public override Task<ExplainFunnelResponse> ExplainFunnel(ExplainFunnelRequest request, ServerCallContext context)
    {
        context.Authorise(request.Funnel?.SiteId ?? "", Scope.Read);
        return funnels.ComputeAsync((client, options) => client.ExplainFunnelAsync(request, options), context);
    }

    public override Task<GetRetentionResponse> GetRetention(GetRetentionRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return retention.ComputeAsync((client, options) => client.GetRetentionAsync(request, options), context);
    }

    public override Task<GetLifecycleResponse> GetLifecycle(GetLifecycleRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return retention.ComputeAsync((client, options) => client.GetLifecycleAsync(request, options), context);
    }

    public override Task<GetStickinessResponse> GetStickiness(GetStickinessRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return retention.ComputeAsync((client, options) => client.GetStickinessAsync(request, options), context);
    }

    public override Task<GetAttributionResponse> GetAttribution(
        GetAttributionRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return attribution.ComputeAsync((client, options) => client.GetAttributionAsync(request, options), context);
    }

    public override Task<ListTiesResponse> ListTies(ListTiesRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Read);
        return identity.ReadAsync((client, options) => client.ListTiesAsync(request, options), context);
    }

    public override Task<SetTieResponse> SetTie(SetTieRequest request, ServerCallContext context)
    {
        context.Authorise(request.SiteId, Scope.Admin);
        return identity.WriteAsync((client, options) => client.SetTieAsync(request, options), context);
    }

    public override Task<GetReportResponse> GetReport(GetReportRequest request, ServerCallContext context)
    {
        context.Authorise(Reports.SiteOf(request, "report"), Scope.Read);
        return reports.GetAsync(request, context);
    }

    public override Task Watch(
        WatchRequest request, IServerStreamWriter<WatchResponse> responseStream, ServerCallContext context)
    {
        var report = request.Report ?? new GetReportRequest();
        context.Authorise(Reports.SiteOf(report, "report.report"), Scope.Read);
        return watch.RunAsync(
            report,
            answer => responseStream.WriteAsync(new WatchResponse { Report = answer }, context.CancellationToken),
            context);
    }

    // Any key: the answer tells only how busy the suite is.
    public override Task Wait(
        WaitRequest request, IServerStreamWriter<WaitResponse> responseStream, ServerCallContext context) =>
        waiting.RunAsync(
            request.Closed,
            progress => responseStream.WriteAsync(progress, context.CancellationToken),
            context.CancellationToken);
}
