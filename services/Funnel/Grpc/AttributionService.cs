using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Reports.Attribution;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Grpc;

/// <summary>Serves attribution reports: authorizes, validates, computes.</summary>
internal sealed class AttributionService(
    Configurations configurations, ReportDatabase database, AttributionReport report)
    : Contracts.Attribution.V1.Attribution.AttributionBase
{
    public override async Task<GetAttributionResponse> GetAttribution(
        GetAttributionRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        var period = AttributionRules.Check(request, violations);
        // Expressions beyond the limits are not compiled.
        if (violations.Count == 0)
        {
            await database.CheckAsync(
                [.. SegmentRules.Expressions(request.Segment)], violations, context.CancellationToken);
        }

        violations.ThrowIfAny();
        var configuration = await configurations.FindAsync(request.SiteId, context.CancellationToken)
            ?? throw GrpcErrors.NotFound("There is no such site.");
        return await report.ComputeAsync(request, period, configuration, context.CancellationToken);
    }
}
