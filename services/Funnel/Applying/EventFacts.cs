using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Applying;

/// <summary>The number of events of a session by kind and name, and of conversions by type.</summary>
/// <param name="ConversionTypes">The types of conversions; null when there are none.</param>
internal sealed record EventFacts(
    string[] Kinds, string[] Names, int[] Counts, string[]? ConversionTypes, int[]? ConversionCounts)
{
    public static EventFacts None { get; } = new([], [], [], null, null);

    public static EventFacts Of(RepeatedField<TimelineEvent> timeline)
    {
        var events = timeline
            .GroupBy(happened => (happened.Kind, happened.Name))
            .OrderBy(group => group.Key.Kind, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Name, StringComparer.Ordinal)
            .ToArray();
        var conversions = timeline
            .SelectMany(happened => happened.ConversionTypes)
            .GroupBy(type => type, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToArray();
        return new EventFacts(
            Array.ConvertAll(events, group => group.Key.Kind),
            Array.ConvertAll(events, group => group.Key.Name),
            Array.ConvertAll(events, group => group.Count()),
            conversions.Length > 0 ? Array.ConvertAll(conversions, group => group.Key) : null,
            conversions.Length > 0 ? Array.ConvertAll(conversions, group => group.Count()) : null);
    }
}
