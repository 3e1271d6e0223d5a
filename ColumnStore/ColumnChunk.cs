namespace SessionPlatform.ColumnStore;

/// <summary>
/// A horizontal slice of a table: some columns of the same rows. Columns stay encoded until they are read, and are
/// decoded once. Not thread-safe.
/// </summary>
/// <param name="rows">Number of rows.</param>
/// <param name="encoded">The columns that were loaded, encoded.</param>
public class ColumnChunk(int rows, IReadOnlyDictionary<Column, byte[]> encoded)
{
    private readonly Dictionary<Column, Array> decoded = [];
    private readonly Dictionary<RepeatedGroup, int[]> offsets = [];

    /// <summary>Number of rows.</summary>
    public int Rows { get; } = rows;

    /// <summary>Returns whether the column was loaded.</summary>
    public bool Has(Column column) => encoded.ContainsKey(column);

    /// <summary>Returns the values of a loaded column; they must not be changed.</summary>
    public T[] Values<T>(Column<T> column)
        where T : unmanaged
    {
        if (!decoded.TryGetValue(column, out var values))
            decoded[column] = values = column.Decode(encoded[column]);
        return (T[])values;
    }

    /// <summary>
    /// Returns where the elements of each row begin in the columns of the group, and, behind the last row, where they
    /// end.
    /// </summary>
    public int[] Offsets(RepeatedGroup group)
    {
        if (!offsets.TryGetValue(group, out var found))
            offsets[group] = found = PrefixSum.Offsets(Values(group.Counts));
        return found;
    }
}
