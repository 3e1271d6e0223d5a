using System.Buffers.Binary;

namespace SessionPlatform.ColumnStore;

/// <summary>
/// The 17 bytes in front of the values of an encoded column, little-endian: the number of values (4 bytes), the width
/// of each in bytes (1), and, of integers, the unit (4) and the reference (8) of <see
/// cref="FrameOfReferenceEncoding"/>.
/// </summary>
/// <param name="Count">Number of values.</param>
/// <param name="Width">Bytes of each value; 0 when all values are equal.</param>
/// <param name="Unit">Every value is the reference plus a multiple of this; 1 for plain values.</param>
/// <param name="Reference">The least value; 0 for plain values.</param>
internal readonly record struct ColumnHeader(int Count, byte Width, int Unit, long Reference)
{
    public const int Bytes = ReferenceAt + sizeof(long);

    private const int WidthAt = sizeof(int);
    private const int UnitAt = WidthAt + 1;
    private const int ReferenceAt = UnitAt + sizeof(int);

    /// <summary>Reads the header; <paramref name="encoded"/> has at least <see cref="Bytes"/> bytes.</summary>
    public static ColumnHeader Read(ReadOnlySpan<byte> encoded) => new(
        BinaryPrimitives.ReadInt32LittleEndian(encoded),
        encoded[WidthAt],
        BinaryPrimitives.ReadInt32LittleEndian(encoded[UnitAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(encoded[ReferenceAt..]));

    /// <summary>Allocates an encoded column of this header; its values are still zero.</summary>
    public byte[] Allocate()
    {
        var encoded = new byte[Bytes + (Count * Width)];
        BinaryPrimitives.WriteInt32LittleEndian(encoded, Count);
        encoded[WidthAt] = Width;
        BinaryPrimitives.WriteInt32LittleEndian(encoded.AsSpan(UnitAt), Unit);
        BinaryPrimitives.WriteInt64LittleEndian(encoded.AsSpan(ReferenceAt), Reference);
        return encoded;
    }
}
