using System.Runtime.CompilerServices;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>
/// A value for each person and interval, stored as a linked list of intervals for each person, latest first. Sessions
/// arrive in the order of time, so a lookup usually hits the first entry.
/// </summary>
/// <typeparam name="TCell">The type of the value; new entries have its default.</typeparam>
internal sealed class PersonIntervals<TCell>
    where TCell : struct
{
    private const int None = -1;
    private const int Least = 1_024;

    // By person: the first entry of its list, counted from 1; 0 when it has none.
    private int[] chains = new int[Least];
    private Entry[] entries = new Entry[Least];

    /// <summary>The number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>The exclusive upper bound of persons.</summary>
    public int PersonsEnd => chains.Length;

    /// <summary>The memory, in bytes.</summary>
    public long Bytes => ((long)chains.Length * sizeof(int)) + ((long)Count * Unsafe.SizeOf<Entry>());

    /// <summary>Returns a copy that can be modified.</summary>
    public PersonIntervals<TCell> Copy() =>
        new() { chains = [.. chains], entries = entries[..Math.Max(Count, Least)], Count = Count };

    /// <summary>Returns a reference to the value of a person in an interval, valid until the next call.</summary>
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

    /// <summary>Reads the values of a person in the order of intervals.</summary>
    /// <param name="into">The list to fill, which is cleared first.</param>
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
