using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Segments;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>Selects the sessions and events of a report.</summary>
/// <param name="Target">The first pattern of events; null matches all.</param>
/// <param name="Returning">The second pattern of events; null matches all.</param>
/// <param name="Intervals">The intervals whose events are read.</param>
/// <param name="SinceEver">Whether events before the first interval are read as well.</param>
/// <param name="WithTimes">Whether the time of each event is read even if both patterns match all events.</param>
/// <param name="Breakdown">The dimension whose value is read of each session.</param>
internal sealed record ActivitySelection(
    SiteConfiguration Site,
    Segment? Segment,
    EventPattern? Target,
    EventPattern? Returning,
    Intervals Intervals,
    bool SinceEver,
    bool WithTimes = false,
    Dimension.Types.Name Breakdown = Dimension.Types.Name.Unspecified);

/// <summary>Events at one instant.</summary>
/// <param name="At">The time in ticks.</param>
/// <param name="IsTarget">Whether they match the first pattern.</param>
/// <param name="IsReturn">Whether they match the second pattern.</param>
/// <param name="Times">The number of events.</param>
internal readonly record struct Happening(long At, bool IsTarget, bool IsReturn, int Times = 1);

/// <summary>An accumulator of the selected sessions, which are added in the order of their start.</summary>
internal interface IActivityTally
{
    /// <summary>The number of stored intervals of persons.</summary>
    int Activities { get; }

    /// <summary>Identifies the method of counting in cache keys; null when the accumulator cannot be copied.</summary>
    string? Name { get; }

    /// <summary>The approximate memory, in bytes.</summary>
    long Bytes { get; }

    /// <summary>Returns a copy that can be resumed from.</summary>
    IActivityTally Copy();

    /// <summary>Resumes from the state of another accumulator of the same name, before anything is added.</summary>
    void GoOnFrom(IActivityTally other);

    /// <summary>Adds the events of a session.</summary>
    /// <param name="person">The person, see <see cref="Filtering.PersonResolver"/>.</param>
    /// <param name="value">The dictionary code of the breakdown value; 0 without a breakdown.</param>
    void Add(int person, int value, ReadOnlySpan<Happening> happened);
}
