using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Reports.Retention;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Grpc;

/// <summary>Serves retention, lifecycle and stickiness: authorizes, validates, computes.</summary>
internal sealed class RetentionService(
    Configurations configurations, ReportDatabase database, RetentionReports reports)
    : Contracts.Retention.V1.Retention.RetentionBase
{
    public override async Task<GetRetentionResponse> GetRetention(
        GetRetentionRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        var period = RetentionRules.Check(request, violations);
        var configuration = await CheckedAsync(
            request.SiteId,
            request.Segment,
            [("target.session", request.Target?.Session), ("returning.session", request.Returning?.Session)],
            violations,
            context);
        return await reports.RetentionAsync(request, period, configuration, context.CancellationToken);
    }

    public override async Task<GetLifecycleResponse> GetLifecycle(
        GetLifecycleRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        var period = RetentionRules.Check(request, violations);
        var configuration = await CheckedAsync(
            request.SiteId, request.Segment, [("event.session", request.Event?.Session)], violations, context);
        return await reports.LifecycleAsync(request, period, configuration, context.CancellationToken);
    }

    public override async Task<GetStickinessResponse> GetStickiness(
        GetStickinessRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        var period = RetentionRules.Check(request, violations);
        var configuration = await CheckedAsync(
            request.SiteId, request.Segment, [("event.session", request.Event?.Session)], violations, context);
        return await reports.StickinessAsync(request, period, configuration, context.CancellationToken);
    }

    /// <summary>
    /// Throws if there are violations, including those that only the database finds; then finds the site.
    /// </summary>
    private async Task<SiteConfiguration> CheckedAsync(
        string siteId,
        Segment? segment,
        IEnumerable<(string Field, IReadOnlyList<Filter>? Filters)> sessions,
        Violations violations,
        ServerCallContext context)
    {
        // Expressions beyond the limits are not compiled.
        if (violations.Count == 0)
        {
            var expressions = SegmentRules.Expressions(segment)
                .Concat(sessions.SelectMany(each => SegmentRules.Expressions(each.Filters ?? [], each.Field)));
            await database.CheckAsync([.. expressions], violations, context.CancellationToken);
        }

        violations.ThrowIfAny();
        return await configurations.FindAsync(siteId, context.CancellationToken)
            ?? throw GrpcErrors.NotFound("There is no such site.");
    }
}
