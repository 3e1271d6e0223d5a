using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Facts;

/// <summary>The timeline of a session, counted by kind and name, and its conversions by type.</summary>
/// <param name="ConversionTypes">Null: no conversions.</param>
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
