using System.Numerics;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>
/// Gives different paths numbers, from 0: their pages lie one behind the other, so that a million of them are a few arrays,
/// made fast. A table may lie over another one, to which nothing is added any more: its paths keep their numbers.
/// </summary>
/// <param name="below">Null: there is none.</param>
internal sealed class PathTable(PathTable? below = null)
{
    private const uint Multiplier = 0x9E37_79B1;

    // Above, looking up gets slow.
    private const int MostFilled = 2;

    private readonly int first = below?.Count ?? 0;

    private int[] pages = new int[1_024];
    private int[] ends = new int[128];
    private uint[] hashes = new uint[128];

    // By hash, and then the next that is free: the place of the path, from 1.
    private int[] slots = new int[256];
    private int count;

    /// <summary>Different paths, those below included.</summary>
    public int Count => first + count;

    /// <summary>What it takes, without that below.</summary>
    public long Bytes => sizeof(int) * ((long)pages.Length + ends.Length + hashes.Length + slots.Length);

    /// <summary>The pages of a path.</summary>
    public ReadOnlySpan<int> this[int path] => path < first ? below![path] : At(path - first);

    /// <summary>The number of a path; a new one gets one.</summary>
    public int NumberOf(ReadOnlySpan<int> path)
    {
        var hash = HashOf(path);
        if (below?.Find(hash, path) is >= 0 and var known)
            return known;
        var slot = SlotOf(hash, path);
        if (slots[slot] != 0)
            return first + slots[slot] - 1;
        if (MostFilled * (count + 1) > slots.Length)
        {
            Spread();
            slot = SlotOf(hash, path);
        }

        Append(hash, path);
        slots[slot] = count;
        return Count - 1;
    }

    private ReadOnlySpan<int> At(int place) => pages.AsSpan((place == 0 ? 0 : ends[place - 1])..ends[place]);

    /// <returns>-1: it is not there.</returns>
    private int Find(uint hash, ReadOnlySpan<int> path) =>
        below?.Find(hash, path) is >= 0 and var known ? known
        : slots[SlotOf(hash, path)] is > 0 and var place ? first + place - 1
        : -1;

    /// <summary>Where the path is, or should be.</summary>
    private int SlotOf(uint hash, ReadOnlySpan<int> path)
    {
        var slot = (int)(hash & (uint)(slots.Length - 1));
        while (slots[slot] is > 0 and var place
            && (hashes[place - 1] != hash || !At(place - 1).SequenceEqual(path)))
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        return slot;
    }

    private void Append(uint hash, ReadOnlySpan<int> path)
    {
        var begin = count == 0 ? 0 : ends[count - 1];
        if (begin + path.Length > pages.Length)
            Array.Resize(ref pages, Math.Max(begin + path.Length, 2 * pages.Length));
        if (count == ends.Length)
        {
            Array.Resize(ref ends, 2 * count);
            Array.Resize(ref hashes, 2 * count);
        }

        path.CopyTo(pages.AsSpan(begin));
        ends[count] = begin + path.Length;
        hashes[count++] = hash;
    }

    private void Spread()
    {
        slots = new int[2 * slots.Length];
        for (var place = 0; place < count; place++)
        {
            var slot = (int)(hashes[place] & (uint)(slots.Length - 1));
            while (slots[slot] != 0)
                slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = place + 1;
        }
    }

    private static uint HashOf(ReadOnlySpan<int> path)
    {
        // Pages are small numbers: a few multiplications spread them well enough, and a session costs one such hash.
        var hash = (uint)path.Length;
        foreach (var page in path)
            hash = BitOperations.RotateLeft((hash ^ (uint)page) * Multiplier, 13);
        return hash ^ (hash >> 15);
    }
}
