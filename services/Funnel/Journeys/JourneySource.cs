using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>Which sessions a report of journeys is about, and what of them it needs.</summary>
/// <param name="Cut">Null: all page views of each.</param>
/// <param name="WithTimes">Whether it asks when pages were viewed.</param>
internal sealed record JourneySelection(
    SiteConfiguration Site, ReportSpan Span, Segment? Segment, FunnelCut? Cut, bool WithTimes);

/// <summary>Gets the page views of a session.</summary>
/// <param name="pages">Numbers of <see cref="PageNames"/>.</param>
/// <param name="offsets">Microseconds since its start; zeros where nobody asked.</param>
internal delegate void AddJourney(ReadOnlySpan<int> pages, ReadOnlySpan<long> offsets, JourneySession session);

/// <summary>Reads the page views of sessions one by one.</summary>
internal interface IJourneySource
{
    /// <param name="connection">With the snapshot of the report.</param>
    Task ReadAsync(
        NpgsqlConnection connection,
        JourneySelection selection,
        PageNames pages,
        DeviceNames devices,
        AddJourney add,
        CancellationToken cancellationToken);
}
