using System.Runtime.InteropServices;
using SessionPlatform.Funnel.Identity;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>
/// Counts the distinct visitors of many things at once: 8 bytes for each time a visitor is seen at one, and what
/// <see cref="PersonNumbers"/> needs for each visitor.
/// </summary>
internal sealed class DistinctPairs
{
    private readonly PersonNumbers numbers = new();
    private readonly List<long> pairs = [];

    /// <summary>Times that a visitor was seen somewhere.</summary>
    public int Count => pairs.Count;

    /// <summary>The number of a visitor.</summary>
    public int NumberOf(string visitorId) => numbers.NumberOf(visitorId);

    /// <summary>A visitor was seen at a thing.</summary>
    public void Add(int thing, int visitor) => pairs.Add(Pair(thing, visitor));

    /// <summary>Distinct visitors by group of things. To be called once.</summary>
    /// <param name="groupOf">The group of each thing, from 0; -1: of none.</param>
    /// <param name="groups">How many there are.</param>
    public uint[] CountBy(ReadOnlySpan<int> groupOf, int groups)
    {
        var grouped = 0;
        var seen = CollectionsMarshal.AsSpan(pairs);
        foreach (var pair in seen)
        {
            if (groupOf[(int)(pair >> 32)] is >= 0 and var group)
                seen[grouped++] = Pair(group, (int)pair);
        }

        seen = seen[..grouped];
        seen.Sort();
        var counts = new uint[groups];
        for (var index = 0; index < seen.Length; index++)
        {
            if (index == 0 || seen[index] != seen[index - 1])
                counts[seen[index] >> 32]++;
        }

        return counts;
    }

    private static long Pair(int thing, int visitor) => ((long)thing << 32) | (uint)visitor;
}
