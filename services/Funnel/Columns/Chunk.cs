namespace SessionPlatform.Funnel.Columns;

/// <summary>The columns that a report asked for, of the sessions of a chunk, by start and id.</summary>
internal sealed class Chunk(PlannedChunk planned, IReadOnlyDictionary<Column, byte[]> packed)
{
    private readonly Dictionary<Column, Array> columns = [];
    private readonly Dictionary<PartColumns, int[]> begins = [];

    /// <summary>Which sessions it is of.</summary>
    public PlannedChunk Planned { get; } = planned;

    public int Sessions { get; } = (int)planned.Sessions;

    /// <summary>None of its sessions started earlier.</summary>
    public DateTime From => Planned.FirstHour;

    /// <summary>All of its sessions started before.</summary>
    public DateTime Before => Planned.Before;

    /// <summary>Whether the report asked for a column.</summary>
    public bool Has(Column column) => packed.ContainsKey(column);

    /// <summary>The values of a column.</summary>
    public T[] Of<T>(Column<T> column)
        where T : unmanaged
    {
        if (!columns.TryGetValue(column, out var values))
            columns[column] = values = column.Unpack(packed[column]);
        return (T[])values;
    }

    /// <summary>
    /// Where the parts of each session begin in the columns of their values; behind the last one, where all of them end.
    /// </summary>
    public int[] BeginsOf(PartColumns parts)
    {
        if (begins.TryGetValue(parts, out var found))
            return found;
        return begins[parts] = BeginsOf(Of(parts.Counts));
    }

    /// <summary>The same, of parts that there are so many of.</summary>
    public static int[] BeginsOf(int[] counts)
    {
        var begins = new int[counts.Length + 1];
        for (var session = 0; session < counts.Length; session++)
            begins[session + 1] = begins[session] + counts[session];
        return begins;
    }
}
