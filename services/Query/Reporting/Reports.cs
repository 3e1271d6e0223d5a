using Grpc.Core;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Query.Backends;
using SessionPlatform.ServiceDefaults.Grpc;
using AttributionClient = SessionPlatform.Contracts.Attribution.V1.Attribution.AttributionClient;
using Kind = SessionPlatform.Contracts.Query.V1.GetReportRequest.ReportOneofCase;

namespace SessionPlatform.Query.Reporting;

/// <summary>Any report by one request: what its kind's own call answers.</summary>
internal sealed class Reports(
    Backend<Metrics.MetricsClient> metrics,
    Backend<Journeys.JourneysClient> journeys,
    Backend<Funnels.FunnelsClient> funnels,
    Backend<Retention.RetentionClient> retention,
    Backend<AttributionClient> attribution)
{
    /// <summary>The site that the report is about.</summary>
    /// <param name="field">Where in the request it is.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: there is no report.</exception>
    public static string SiteOf(GetReportRequest request, string field) => request.ReportCase switch
    {
        Kind.Series => request.Series.SiteId,
        Kind.TopList => request.TopList.SiteId,
        Kind.ActiveVisitors => request.ActiveVisitors.SiteId,
        Kind.Paths => request.Paths.SiteId,
        Kind.Transitions => request.Transitions.SiteId,
        Kind.Funnel => request.Funnel.SiteId,
        Kind.FunnelReport => request.FunnelReport.SiteId,
        Kind.Retention => request.Retention.SiteId,
        Kind.Lifecycle => request.Lifecycle.SiteId,
        Kind.Stickiness => request.Stickiness.SiteId,
        Kind.Attribution => request.Attribution.SiteId,
        _ => throw GrpcErrors.InvalidArgument(
            field,
            "must be one of `series`, `top_list`, `active_visitors`, `paths`, `transitions`, `funnel`, "
            + "`funnel_report`, `retention`, `lifecycle`, `stickiness` and `attribution`"),
    };

    /// <param name="request">That <see cref="SiteOf"/> found a site in, which the caller may read.</param>
    public async Task<GetReportResponse> GetAsync(GetReportRequest request, ServerCallContext context) =>
        request.ReportCase switch
        {
            Kind.Series => new()
            {
                Series = await metrics.ComputeAsync(
                    (client, options) => client.GetSeriesAsync(request.Series, options), context),
            },
            Kind.TopList => new()
            {
                TopList = await metrics.ComputeAsync(
                    (client, options) => client.GetTopListAsync(request.TopList, options), context),
            },
            Kind.ActiveVisitors => new()
            {
                ActiveVisitors = await metrics.ComputeAsync(
                    (client, options) => client.GetActiveVisitorsAsync(request.ActiveVisitors, options), context),
            },
            Kind.Paths => new()
            {
                Paths = await journeys.ComputeAsync(
                    (client, options) => client.GetPathsAsync(request.Paths, options), context),
            },
            Kind.Transitions => new()
            {
                Transitions = await journeys.ComputeAsync(
                    (client, options) => client.GetTransitionsAsync(request.Transitions, options), context),
            },
            Kind.Funnel => new()
            {
                Funnel = await funnels.ReadAsync(
                    (client, options) => client.GetFunnelResultAsync(request.Funnel, options), context),
            },
            Kind.FunnelReport => new()
            {
                FunnelReport = await funnels.ComputeAsync(
                    (client, options) => client.GetFunnelReportAsync(request.FunnelReport, options), context),
            },
            Kind.Retention => new()
            {
                Retention = await retention.ComputeAsync(
                    (client, options) => client.GetRetentionAsync(request.Retention, options), context),
            },
            Kind.Lifecycle => new()
            {
                Lifecycle = await retention.ComputeAsync(
                    (client, options) => client.GetLifecycleAsync(request.Lifecycle, options), context),
            },
            Kind.Stickiness => new()
            {
                Stickiness = await retention.ComputeAsync(
                    (client, options) => client.GetStickinessAsync(request.Stickiness, options), context),
            },
            Kind.Attribution => new()
            {
                Attribution = await attribution.ComputeAsync(
                    (client, options) => client.GetAttributionAsync(request.Attribution, options), context),
            },
            _ => throw new ArgumentException("A request without a report.", nameof(request)),
        };
}
