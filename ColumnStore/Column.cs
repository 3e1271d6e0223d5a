namespace SessionPlatform.ColumnStore;

/// <summary>
/// Describes a column: its name, the type of its values and their encoding. The values themselves are in a
/// <see cref="ColumnChunk"/>.
/// </summary>
public abstract class Column(string name, ColumnFamily? family)
{
    /// <summary>The name by which the column is stored.</summary>
    public string Name { get; } = name;

    /// <summary>The columns that are built together with this one.</summary>
    public ColumnFamily Family { get; } = family ?? ColumnFamily.Default;

    /// <summary>Encodes an array of the column's type.</summary>
    public abstract byte[] Encode(Array values);

    /// <summary>Returns whether the bytes have the form of values of the column's type.</summary>
    public abstract bool IsWellFormed(ReadOnlySpan<byte> encoded);

    /// <summary>Decodes all values.</summary>
    /// <exception cref="InvalidDataException">The bytes are not <see cref="IsWellFormed"/>.</exception>
    public abstract Array Decode(ReadOnlySpan<byte> encoded);
}

/// <summary>A column of values of one type.</summary>
/// <typeparam name="T">An unmanaged type, e.g. int, long, double, decimal or <see cref="Guid"/>.</typeparam>
public sealed class Column<T>(string name, ColumnFamily? family = null) : Column(name, family)
    where T : unmanaged
{
    /// <inheritdoc/>
    public override byte[] Encode(Array values) => ColumnEncoding.Encode<T>((T[])values);

    /// <inheritdoc/>
    public override bool IsWellFormed(ReadOnlySpan<byte> encoded) => ColumnEncoding.IsWellFormed<T>(encoded);

    /// <inheritdoc/>
    public override T[] Decode(ReadOnlySpan<byte> encoded) => ColumnEncoding.Decode<T>(encoded);
}
