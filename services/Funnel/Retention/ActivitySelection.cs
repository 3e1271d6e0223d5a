using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Matching;

namespace SessionPlatform.Funnel.Retention;

/// <summary>What a report wants to know of sessions.</summary>
/// <param name="Target">The first pattern of events; null: any.</param>
/// <param name="Returning">The second one; null: any.</param>
/// <param name="Intervals">Events in them are read.</param>
/// <param name="SinceEver">Those before the first interval, too.</param>
/// <param name="WithTimes">When each single event was, even where both patterns are met by any.</param>
/// <param name="Breakdown">Whose value is read of each session.</param>
internal sealed record ActivitySelection(
    SiteConfiguration Site,
    Segment? Segment,
    EventPattern? Target,
    EventPattern? Returning,
    Intervals Intervals,
    bool SinceEver,
    bool WithTimes = false,
    Dimension.Types.Name Breakdown = Dimension.Types.Name.Unspecified);

/// <summary>Events at one time.</summary>
/// <param name="At">In ticks.</param>
/// <param name="IsTarget">They match the first pattern.</param>
/// <param name="IsReturn">They match the second.</param>
/// <param name="Times">How many there are.</param>
internal readonly record struct Happening(long At, bool IsTarget, bool IsReturn, int Times = 1);

/// <summary>Counts sessions whose events matter, in the order of their begin.</summary>
internal interface IActivityTally
{
    /// <summary>Intervals of persons that are kept.</summary>
    int Activities { get; }

    /// <summary>Tells apart how it counts; null: it cannot be copied.</summary>
    string? Name { get; }

    /// <summary>About what it takes.</summary>
    long Bytes { get; }

    /// <summary>The same, to go on from.</summary>
    IActivityTally Copy();

    /// <summary>Goes on from what another one of the same name has counted; nothing was added yet.</summary>
    void GoOnFrom(IActivityTally other);

    /// <param name="person">Who is counted, see <see cref="Columns.PersonResolver"/>.</param>
    /// <param name="value">Of the breakdown, the number of a text; 0 without one.</param>
    void Add(int person, int value, ReadOnlySpan<Happening> happened);
}
