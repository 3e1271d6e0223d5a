using System.Text;
using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Reports.Metrics;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Grpc;

/// <summary>Serves metrics over sessions: authorizes, validates, computes.</summary>
internal sealed class MetricsService(
    Configurations configurations,
    ReportDatabase database,
    SeriesReport series,
    TopListReport topList,
    ActiveVisitorsReport activeVisitors,
    BotMarker bots) : Contracts.Metrics.V1.Metrics.MetricsBase
{
    private const int MaxMarked = 1000;
    private const int MaxVisitorIdBytes = 128;

    public override async Task<GetSeriesResponse> GetSeries(GetSeriesRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        var period = ReportRules.Check(request, violations);
        var configuration = await CheckedAsync(request.SiteId, request.Segment, violations, context);
        return await series.ComputeAsync(request, period, configuration, context.CancellationToken);
    }

    public override async Task<GetTopListResponse> GetTopList(GetTopListRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        var period = ReportRules.Check(request, violations);
        var configuration = await CheckedAsync(request.SiteId, request.Segment, violations, context);
        return await topList.ComputeAsync(request, period, configuration, context.CancellationToken);
    }

    public override async Task<GetActiveVisitorsResponse> GetActiveVisitors(
        GetActiveVisitorsRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        ReportRules.Check(request, violations);
        await CheckedAsync(request.SiteId, request.Segment, violations, context);
        return await activeVisitors.ComputeAsync(request, context.CancellationToken);
    }

    public override async Task<MarkBotsResponse> MarkBots(MarkBotsRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Admin);
        var violations = new Violations();
        if (request.VisitorIds.Count is 0 or > MaxMarked)
            violations.Add("visitor_ids", $"must have 1-{MaxMarked} entries");
        for (var index = 0; index < request.VisitorIds.Count; index++)
        {
            var visitorId = request.VisitorIds[index];
            if (Encoding.UTF8.GetByteCount(visitorId) is 0 or > MaxVisitorIdBytes || visitorId.Contains('\0'))
                violations.Add($"visitor_ids[{index}]", $"must be 1-{MaxVisitorIdBytes} bytes without NUL");
        }

        if (!Enum.IsDefined(request.Mark))
            violations.Add("mark", "must be BOT, NOT_BOT, or absent to take back what was said");
        await CheckedAsync(request.SiteId, segment: null, violations, context);

        bool? isBot = request.Mark switch
        {
            MarkBotsRequest.Types.Mark.Bot => true,
            MarkBotsRequest.Types.Mark.NotBot => false,
            _ => null,
        };
        var changed = await bots.MarkAsync(request.SiteId, request.VisitorIds, isBot, context.CancellationToken);
        return new MarkBotsResponse { SessionsChanged = (uint)changed };
    }

    /// <summary>
    /// Throws if there are violations, including those that only the database finds; then finds the site.
    /// </summary>
    private async Task<SiteConfiguration> CheckedAsync(
        string siteId, Segment? segment, Violations violations, ServerCallContext context)
    {
        await database.CheckAsync([.. SegmentRules.Expressions(segment)], violations, context.CancellationToken);
        violations.ThrowIfAny();
        return await configurations.FindAsync(siteId, context.CancellationToken)
            ?? throw GrpcErrors.NotFound("There is no such site.");
    }
}
