using Grpc.Core;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Backends;
using SessionPlatform.ServiceDefaults.Grpc;
using Kind = SessionPlatform.Contracts.Query.V1.GetReportRequest.ReportOneofCase;

namespace SessionPlatform.Query.Reporting;

/// <summary>Any report by one request: what its kind's own call answers.</summary>
internal sealed class Reports(
    Backend<Metrics.MetricsClient> metrics,
    Backend<Journeys.JourneysClient> journeys,
    Backend<Funnels.FunnelsClient> funnels)
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
        _ => throw GrpcErrors.InvalidArgument(
            field,
            "must be one of `series`, `top_list`, `active_visitors`, `paths`, `transitions` and `funnel`"),
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
            _ => throw new ArgumentException("A request without a report.", nameof(request)),
        };
}
