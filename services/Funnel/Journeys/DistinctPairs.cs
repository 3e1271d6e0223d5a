using System.Runtime.InteropServices;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>Counts the distinct visitors of many things at once: 8 bytes for each time a visitor is seen at one.</summary>
internal sealed class DistinctPairs
{
    // Sets of bits are several times as fast as sorting, as long as they stay small.
    private const long MostBits = 128 * 1024 * 1024;
    private const int BitsOfWord = 64;

    private List<long> pairs = [];
    private int visitors;

    /// <summary>Times that a visitor was seen somewhere.</summary>
    public int Count => pairs.Count;

    /// <summary>What they take.</summary>
    public long Bytes => (long)pairs.Capacity * sizeof(long);

    /// <summary>The same, to be added to.</summary>
    public DistinctPairs Copy() => new() { pairs = [.. pairs], visitors = visitors };

    /// <summary>A visitor was seen at a thing; both are numbers from 0.</summary>
    public void Add(int thing, int visitor)
    {
        visitors = Math.Max(visitors, visitor + 1);
        pairs.Add(Pair(thing, visitor));
    }

    /// <summary>Distinct visitors by group of things.</summary>
    /// <param name="groupOf">The group of each thing, from 0; -1: of none.</param>
    /// <param name="groups">How many there are.</param>
    public uint[] CountBy(ReadOnlySpan<int> groupOf, int groups)
    {
        var grouped = new List<long>();
        foreach (var pair in CollectionsMarshal.AsSpan(pairs))
        {
            if (groupOf[(int)(pair >> 32)] is >= 0 and var group)
                grouped.Add(Pair(group, (int)pair));
        }

        var seen = CollectionsMarshal.AsSpan(grouped);
        return (long)groups * visitors <= MostBits ? CountByBits(seen, groups) : CountBySorting(seen, groups);
    }

    private uint[] CountByBits(ReadOnlySpan<long> seen, int groups)
    {
        var counts = new uint[groups];
        var words = (visitors + BitsOfWord - 1) / BitsOfWord;
        var sets = new ulong[(long)groups * words];
        foreach (var pair in seen)
        {
            var (group, visitor) = ((int)(pair >> 32), (int)pair);
            ref var word = ref sets[((long)group * words) + (visitor / BitsOfWord)];
            var bit = 1ul << (visitor % BitsOfWord);
            if ((word & bit) == 0)
                counts[group]++;
            word |= bit;
        }

        return counts;
    }

    private static uint[] CountBySorting(Span<long> seen, int groups)
    {
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
