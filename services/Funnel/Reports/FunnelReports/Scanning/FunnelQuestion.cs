using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Periods;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Scanning;

/// <summary>A funnel and the sessions to compute it over.</summary>
/// <param name="Segment">A valid segment; null selects all sessions except those of bots.</param>
internal sealed record FunnelQuestion(
    SiteConfiguration Site, FunnelPlan Plan, AskedPeriod Period, Segment? Segment);

/// <summary>The data of documents that an answer needs in addition to events that are steps or exclusions.</summary>
/// <param name="WithPages">Whether page views are needed.</param>
/// <param name="OfVisitor">
/// The visitor whose events are all needed, including those of its user; null for the usual events of everyone.
/// </param>
internal sealed record FunnelNeeds(
    bool WithPages = false,
    string? OfVisitor = null)
{
    public bool WithTimelines => OfVisitor is not null;
}
