using System.Numerics;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>
/// Gives different paths numbers, from 0: their pages lie one behind the other, so that a million of them are a few arrays,
/// made and copied fast.
/// </summary>
internal sealed class PathTable
{
    private const uint Multiplier = 0x9E37_79B1;

    // Above, looking up gets slow.
    private const int MostFilled = 2;

    private int[] pages = new int[1_024];
    private int[] ends = new int[128];
    private uint[] hashes = new uint[128];

    // By hash, and then the next that is free: the number of the path, from 1.
    private int[] slots = new int[256];

    /// <summary>Different paths.</summary>
    public int Count { get; private set; }

    /// <summary>What they take.</summary>
    public long Bytes => sizeof(int) * ((long)pages.Length + ends.Length + hashes.Length + slots.Length);

    /// <summary>The pages of a path.</summary>
    public ReadOnlySpan<int> this[int path] => pages.AsSpan(BeginOf(path)..ends[path]);

    /// <summary>The number of a path; a new one gets one.</summary>
    public int NumberOf(ReadOnlySpan<int> path)
    {
        var hash = HashOf(path);
        var slot = SlotOf(hash, path);
        if (slots[slot] != 0)
            return slots[slot] - 1;
        if (MostFilled * (Count + 1) > slots.Length)
        {
            Spread();
            slot = SlotOf(hash, path);
        }

        Append(hash, path);
        slots[slot] = Count;
        return Count - 1;
    }

    /// <summary>The same, to be added to.</summary>
    public PathTable Copy() => new()
    {
        pages = [.. pages],
        ends = [.. ends],
        hashes = [.. hashes],
        slots = [.. slots],
        Count = Count,
    };

    private int BeginOf(int path) => path == 0 ? 0 : ends[path - 1];

    /// <summary>Where the path is, or should be.</summary>
    private int SlotOf(uint hash, ReadOnlySpan<int> path)
    {
        var slot = (int)(hash & (uint)(slots.Length - 1));
        while (slots[slot] is > 0 and var number
            && (hashes[number - 1] != hash || !this[number - 1].SequenceEqual(path)))
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        return slot;
    }

    private void Append(uint hash, ReadOnlySpan<int> path)
    {
        var begin = Count == 0 ? 0 : ends[Count - 1];
        if (begin + path.Length > pages.Length)
            Array.Resize(ref pages, Math.Max(begin + path.Length, 2 * pages.Length));
        if (Count == ends.Length)
        {
            Array.Resize(ref ends, 2 * Count);
            Array.Resize(ref hashes, 2 * Count);
        }

        path.CopyTo(pages.AsSpan(begin));
        ends[Count] = begin + path.Length;
        hashes[Count++] = hash;
    }

    private void Spread()
    {
        slots = new int[2 * slots.Length];
        for (var path = 0; path < Count; path++)
        {
            var slot = (int)(hashes[path] & (uint)(slots.Length - 1));
            while (slots[slot] != 0)
                slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = path + 1;
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
