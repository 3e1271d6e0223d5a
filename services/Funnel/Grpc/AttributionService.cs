using Grpc.Core;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Attributing;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Access;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Grpc;

/// <summary>What brought conversions about: authorise, check, compute.</summary>
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
        // What is too long or too many is not tried.
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
