using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Reports.FunnelReports;
using SessionPlatform.Funnel.Reports.Journeys;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Grpc;

/// <summary>Serves path and transition reports: authorizes, validates, computes.</summary>
internal sealed class JourneysService(
    Configurations configurations, ReportDatabase database, JourneyReports reports)
    : Contracts.Journeys.V1.Journeys.JourneysBase
{
    public override async Task<GetPathsResponse> GetPaths(GetPathsRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        var period = AskedPeriod.Read(request.Period, violations);
        SegmentRules.Check(request.Segment, violations);
        var shape = JourneyRules.Shape(request.Shape, violations);
        var length = JourneyRules.Length(request.Length, violations);
        var least = JourneyRules.LeastLength(request.MinLength, length, violations);
        var limit = JourneyRules.PathLimit(request.Limit, violations);
        await CheckAsync(request.Segment, violations, context.CancellationToken);

        var selection = await SelectAsync(
            request.SiteId, period, request.Segment, shape, withTimes: true, context.CancellationToken);
        return await reports.PathsAsync(
            selection, shape, (least, length), limit, request.ByDevice, context.CancellationToken);
    }

    public override async Task<GetTransitionsResponse> GetTransitions(
        GetTransitionsRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        var period = AskedPeriod.Read(request.Period, violations);
        SegmentRules.Check(request.Segment, violations);
        var shape = JourneyRules.Shape(request.Shape, violations);
        var length = JourneyRules.Length(request.Length, violations);
        var limit = JourneyRules.PageLimit(request.Limit, violations);
        await CheckAsync(request.Segment, violations, context.CancellationToken);

        var selection = await SelectAsync(
            request.SiteId, period, request.Segment, shape, withTimes: false, context.CancellationToken);
        return await reports.TransitionsAsync(selection, shape, length, limit, context.CancellationToken);
    }

    /// <summary>Throws if there are violations, including those that only the database finds.</summary>
    private async Task CheckAsync(Segment? segment, Violations violations, CancellationToken cancellationToken)
    {
        await database.CheckAsync([.. SegmentRules.Expressions(segment)], violations, cancellationToken);
        violations.ThrowIfAny();
    }

    private async Task<JourneySelection> SelectAsync(
        string siteId,
        AskedPeriod period,
        Segment? segment,
        PathShape shape,
        bool withTimes,
        CancellationToken cancellationToken)
    {
        var configuration = await configurations.FindAsync(siteId, cancellationToken)
            ?? throw GrpcErrors.NotFound("There is no such site.");
        // An open end is bounded only by the data.
        var span = period.Resolve(Instants.First, Instants.Last, configuration.TimeZone);
        return new JourneySelection(configuration, span, segment, Cut(configuration, shape.Funnel), withTimes);
    }

    private static FunnelCut? Cut(SiteConfiguration configuration, FunnelPoint? point)
    {
        if (point is null)
            return null;
        var funnel = FunnelQuestions.Find(configuration, point.Funnel);
        if (funnel.Rules is SessionFunnel { IsWithinSession: false })
        {
            throw GrpcErrors.InvalidArgument(
                "shape.funnel.funnel",
                "must be a funnel within a session, without first-time-only steps and conditions on sessions");
        }

        if (point.Stage > funnel.Definition.Steps.Count)
        {
            throw GrpcErrors.InvalidArgument(
                "shape.funnel.stage", $"must be 1-{funnel.Definition.Steps.Count}: the funnel has no more stages");
        }

        return new FunnelCut(funnel.Rules, point);
    }
}
