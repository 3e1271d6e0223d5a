using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Periods;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>Which sessions a report of journeys is about, and what of them it needs.</summary>
/// <param name="Cut">Null: all page views of each.</param>
/// <param name="WithTimes">Whether it asks when pages were viewed.</param>
internal sealed record JourneySelection(
    SiteConfiguration Site, ReportSpan Span, Segment? Segment, FunnelCut? Cut, bool WithTimes);
