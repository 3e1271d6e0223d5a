using System.Runtime.InteropServices;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>Counts the distinct visitors of many things at once: 8 bytes for each time a visitor is seen at one.</summary>
internal sealed class DistinctPairs
{
    // Sets of bits are several times as fast as sorting, as long as they stay small.
    private const long MostBits = 128 * 1024 * 1024;
    private const int BitsOfWord = 64;

    // Those that copies share, in order.
    private readonly IReadOnlyList<long[]> shared;
    private readonly int sharedCount;
    private readonly List<long> pairs = [];
    private int visitors;

    public DistinctPairs()
        : this([], 0)
    {
    }

    private DistinctPairs(IReadOnlyList<long[]> shared, int visitors) =>
        (this.shared, this.visitors, sharedCount) = (shared, visitors, shared.Sum(some => some.Length));

    /// <summary>Times that a visitor was seen somewhere.</summary>
    public int Count => sharedCount + pairs.Count;

    /// <summary>What they take.</summary>
    public long Bytes => (long)Count * sizeof(long);

    /// <summary>The same, to be added to.</summary>
    public DistinctPairs Copy()
    {
        if (pairs.Count == 0)
            return new DistinctPairs(shared, visitors);
        long[] own = [.. pairs];
        own.AsSpan().Sort();
        return new DistinctPairs([.. shared, own], visitors);
    }

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
        foreach (var some in shared)
            AddGrouped(some, groupOf, grouped);
        AddGrouped(CollectionsMarshal.AsSpan(pairs), groupOf, grouped);
        var seen = CollectionsMarshal.AsSpan(grouped);
        return (long)groups * visitors <= MostBits ? CountByBits(seen, groups) : CountBySorting(seen, groups);
    }

    /// <summary>Distinct visitors of a few different things.</summary>
    public uint[] CountOf(IReadOnlyList<int> things)
    {
        var own = OwnOf(things);
        var counts = new uint[things.Count];
        var set = new ulong[(visitors + BitsOfWord - 1) / BitsOfWord];
        for (var index = 0; index < counts.Length; index++)
        {
            Array.Clear(set);
            foreach (var some in shared)
                counts[index] += AddTo(set, some.AsSpan(BeginOf(some, things[index])..BeginOf(some, things[index] + 1)));
            counts[index] += AddTo(set, CollectionsMarshal.AsSpan(own[index]));
        }

        return counts;
    }

    /// <summary>The pairs that are not shared, of each thing.</summary>
    private List<long>[] OwnOf(IReadOnlyList<int> things)
    {
        var places = new Dictionary<int, int>(things.Index().Select(each => KeyValuePair.Create(each.Item, each.Index)));
        List<long>[] own = [.. things.Select(_ => new List<long>())];
        foreach (var pair in pairs)
        {
            if (places.TryGetValue((int)(pair >> 32), out var place))
                own[place].Add(pair);
        }

        return own;
    }

    private static int BeginOf(long[] inOrder, int thing)
    {
        var found = Array.BinarySearch(inOrder, Pair(thing, 0));
        // Of those that are the same the first one.
        while (found > 0 && inOrder[found - 1] == inOrder[found])
            found--;
        return found >= 0 ? found : ~found;
    }

    /// <returns>How many visitors are new to the set.</returns>
    private static uint AddTo(ulong[] set, ReadOnlySpan<long> pairs)
    {
        var added = 0u;
        foreach (var pair in pairs)
        {
            ref var word = ref set[(int)pair / BitsOfWord];
            var bit = 1ul << ((int)pair % BitsOfWord);
            added += (word & bit) == 0 ? 1u : 0;
            word |= bit;
        }

        return added;
    }

    private static void AddGrouped(ReadOnlySpan<long> pairs, ReadOnlySpan<int> groupOf, List<long> grouped)
    {
        foreach (var pair in pairs)
        {
            if (groupOf[(int)(pair >> 32)] is >= 0 and var group)
                grouped.Add(Pair(group, (int)pair));
        }
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
