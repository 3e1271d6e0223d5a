using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SessionPlatform.ColumnStore;

/// <summary>
/// Encodes the values of a column as bytes and decodes them. Integers (<see cref="int"/>, <see cref="long"/>) use
/// <see cref="FrameOfReferenceEncoding"/>; other types are stored plainly, byte for byte as they are in memory.
/// </summary>
public static class ColumnEncoding
{
    /// <summary>Encodes values.</summary>
    public static byte[] Encode<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (typeof(T) == typeof(int))
            return FrameOfReferenceEncoding.Encode(MemoryMarshal.Cast<T, int>(values));
        if (typeof(T) == typeof(long))
            return FrameOfReferenceEncoding.Encode(MemoryMarshal.Cast<T, long>(values));
        var encoded = new ColumnHeader(values.Length, (byte)Unsafe.SizeOf<T>(), Unit: 1, Reference: 0).Allocate();
        MemoryMarshal.AsBytes(values).CopyTo(encoded.AsSpan(ColumnHeader.Bytes));
        return encoded;
    }

    /// <summary>Returns whether the bytes have the form of encoded values of the type.</summary>
    public static bool IsWellFormed<T>(ReadOnlySpan<byte> encoded)
        where T : unmanaged
    {
        if (encoded.Length < ColumnHeader.Bytes)
            return false;
        var (count, width, _, _) = ColumnHeader.Read(encoded);
        var isWidth = IsInteger<T>() ? FrameOfReferenceEncoding.IsWidth(width) : width == Unsafe.SizeOf<T>();
        return count >= 0 && isWidth && encoded.Length - ColumnHeader.Bytes == (long)count * width;
    }

    /// <summary>Decodes all values.</summary>
    /// <exception cref="InvalidDataException">The bytes are not <see cref="IsWellFormed{T}"/>.</exception>
    public static T[] Decode<T>(ReadOnlySpan<byte> encoded)
        where T : unmanaged
    {
        if (!IsWellFormed<T>(encoded))
            throw new InvalidDataException($"The bytes are no encoded column of {typeof(T).Name}; rebuild the column.");
        var values = GC.AllocateUninitializedArray<T>(ColumnHeader.Read(encoded).Count);
        if (typeof(T) == typeof(int))
            FrameOfReferenceEncoding.Decode(encoded, MemoryMarshal.Cast<T, int>(values.AsSpan()));
        else if (typeof(T) == typeof(long))
            FrameOfReferenceEncoding.Decode(encoded, MemoryMarshal.Cast<T, long>(values.AsSpan()));
        else
            MemoryMarshal.Cast<byte, T>(encoded[ColumnHeader.Bytes..]).CopyTo(values);
        return values;
    }

    private static bool IsInteger<T>() => typeof(T) == typeof(int) || typeof(T) == typeof(long);
}
