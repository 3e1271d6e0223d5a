using System.Runtime.CompilerServices;

namespace SessionPlatform.Funnel.Retention;

/// <summary>
/// What is known of persons in intervals: of each person a chain of the intervals in which there is something, the latest
/// first. As sessions come in the order of time, what is asked for is mostly the first in its chain.
/// </summary>
/// <typeparam name="TCell">What is known; its default where nothing is yet.</typeparam>
internal sealed class PersonIntervals<TCell>
    where TCell : struct
{
    private const int None = -1;
    private const int Least = 1_024;

    // By person, the entry that its chain begins with, from 1; 0: it has none.
    private int[] chains = new int[Least];
    private Entry[] entries = new Entry[Least];

    /// <summary>Intervals of persons there are.</summary>
    public int Count { get; private set; }

    /// <summary>Persons are below.</summary>
    public int PersonsEnd => chains.Length;

    /// <summary>What they take.</summary>
    public long Bytes => ((long)chains.Length * sizeof(int)) + ((long)Count * Unsafe.SizeOf<Entry>());

    /// <summary>The same, to be added to.</summary>
    public PersonIntervals<TCell> Copy() =>
        new() { chains = [.. chains], entries = entries[..Math.Max(Count, Least)], Count = Count };

    /// <summary>What is known of a person in an interval; good until the next call.</summary>
    public ref TCell Of(int person, int interval)
    {
        if (person >= chains.Length)
            Array.Resize(ref chains, Math.Max(person + 1, 2 * chains.Length));
        var (later, found) = (None, chains[person] - 1);
        while (found != None && entries[found].Interval > interval)
            (later, found) = (found, entries[found].Earlier);
        if (found == None || entries[found].Interval != interval)
            found = Insert(person, interval, later, found);
        return ref entries[found].Cell;
    }

    /// <summary>Reads what is known of a person in the order of its intervals.</summary>
    /// <param name="into">Emptied first.</param>
    public void Read(int person, List<(int Interval, TCell Cell)> into)
    {
        into.Clear();
        for (var entry = chains[person] - 1; entry != None; entry = entries[entry].Earlier)
            into.Add((entries[entry].Interval, entries[entry].Cell));
        into.Reverse();
    }

    private int Insert(int person, int interval, int later, int earlier)
    {
        if (Count == entries.Length)
            Array.Resize(ref entries, 2 * entries.Length);
        entries[Count] = new Entry { Interval = interval, Earlier = earlier };
        if (later == None)
            chains[person] = Count + 1;
        else
            entries[later].Earlier = Count;
        return Count++;
    }

    private struct Entry
    {
        public int Interval;
        public int Earlier;
        public TCell Cell;
    }
}
