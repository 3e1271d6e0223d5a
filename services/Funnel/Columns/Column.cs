namespace SessionPlatform.Funnel.Columns;

/// <summary>What the values of a column are made of.</summary>
internal enum ColumnSource
{
    /// <summary>The facts of sessions, see <see cref="FactPacker"/>.</summary>
    Facts,

    /// <summary>The events of their documents, see <see cref="TimelinePacker"/>.</summary>
    Timelines,
}

/// <summary>
/// One thing that facts tell of sessions: a value for each session, in the order of their starts and ids, or for each
/// part of it, e.g. for each page view; then a <see cref="PartColumns"/> tells how many each session has.
/// </summary>
internal abstract class Column(string name, ColumnSource source)
{
    /// <summary>In <c>fact_columns</c>.</summary>
    public string Name { get; } = name;

    /// <summary>What it is made of: what has the same source is made together.</summary>
    public ColumnSource Source { get; } = source;

    /// <summary>Writes values of the column's type.</summary>
    public abstract byte[] Pack(Array values);

    /// <summary>Whether these are such values.</summary>
    public abstract bool IsPacked(ReadOnlySpan<byte> packed);

    /// <summary>Reads them; throws <see cref="InvalidDataException"/> where they are none.</summary>
    public abstract Array Unpack(ReadOnlySpan<byte> packed);
}

/// <typeparam name="T">An int, long, double, decimal or <see cref="Guid"/>.</typeparam>
internal sealed class Column<T>(string name, ColumnSource source = ColumnSource.Facts) : Column(name, source)
    where T : unmanaged
{
    public override byte[] Pack(Array values) => PackedValues.Pack<T>((T[])values);

    public override bool IsPacked(ReadOnlySpan<byte> packed) => PackedValues.IsPacked<T>(packed);

    public override Array Unpack(ReadOnlySpan<byte> packed) => PackedValues.Unpack<T>(packed);
}

/// <summary>Parts of sessions: how many each session has, and where the columns of their values are cut by that.</summary>
internal sealed record PartColumns(Column<int> Counts);
