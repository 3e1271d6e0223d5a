using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.FunnelReports.Attempts;
using SessionPlatform.Funnel.Metrics;

namespace SessionPlatform.Funnel.FunnelReports;

/// <summary>Which funnel over which sessions.</summary>
/// <param name="Segment">Valid; null: all sessions but those of bots.</param>
internal sealed record FunnelQuestion(
    SiteConfiguration Site, FunnelPlan Plan, AskedPeriod Period, Segment? Segment);

/// <summary>What of documents an answer needs, besides the events that are steps or exclusions.</summary>
/// <param name="WithPages">Page views, too.</param>
/// <param name="OfVisitor">All events, of one visitor or the user that it is tied to; null: of everyone.</param>
internal sealed record FunnelNeeds(
    bool WithPages = false,
    string? OfVisitor = null)
{
    public bool WithTimelines => OfVisitor is not null;
}
