using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SessionPlatform.ColumnStore;

/// <summary>
/// Frame-of-reference encoding of integers: each value is stored as its distance from the least value (the reference),
/// in the fewest of 0, 1, 2, 4 or 8 bytes that fit every distance. Distances of wide columns are counted in the largest
/// unit that divides all of them, because times are mostly whole milliseconds or seconds.
/// </summary>
public static class FrameOfReferenceEncoding
{
    // Seconds, milliseconds and microseconds, in ticks and in microseconds; the largest first.
    private static readonly int[] Units = [10_000_000, 1_000_000, 10_000, 1_000, 10];

    /// <summary>Encodes integers.</summary>
    public static byte[] Encode<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var (least, greatest) = values.IsEmpty ? (T.Zero, T.Zero) : (T.MaxValue, T.MinValue);
        foreach (var value in values)
            (least, greatest) = (T.Min(least, value), T.Max(greatest, value));
        var unit = UnitOf(values, least, Distance(greatest, least));
        var width = WidthOf(Distance(greatest, least) / (ulong)unit);
        var encoded = new ColumnHeader(values.Length, width, unit, long.CreateTruncating(least)).Allocate();
        var body = encoded.AsSpan(ColumnHeader.Bytes);
        switch (width)
        {
            case sizeof(byte): Narrow(values, least, unit, body); break;
            case sizeof(ushort): Narrow(values, least, unit, MemoryMarshal.Cast<byte, ushort>(body)); break;
            case sizeof(uint): Narrow(values, least, unit, MemoryMarshal.Cast<byte, uint>(body)); break;
            case sizeof(ulong): Narrow(values, least, unit, MemoryMarshal.Cast<byte, ulong>(body)); break;
        }

        return encoded;
    }

    /// <summary>Decodes one integer without decoding the others.</summary>
    /// <param name="encoded">A well-formed column, see <see cref="ColumnEncoding.IsWellFormed{T}"/>.</param>
    /// <param name="index">From 0 to the number of values, exclusive.</param>
    public static long ValueAt(ReadOnlySpan<byte> encoded, int index)
    {
        var (_, width, unit, reference) = ColumnHeader.Read(encoded);
        var value = encoded.Slice(ColumnHeader.Bytes + (index * width), width);
        ulong distance = width switch
        {
            0 => 0,
            sizeof(byte) => value[0],
            sizeof(ushort) => BinaryPrimitives.ReadUInt16LittleEndian(value),
            sizeof(uint) => BinaryPrimitives.ReadUInt32LittleEndian(value),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(value),
        };
        return unchecked(reference + (long)(distance * (ulong)unit));
    }

    internal static bool IsWidth(byte width) =>
        width is 0 or sizeof(byte) or sizeof(ushort) or sizeof(uint) or sizeof(ulong);

    /// <summary>Decodes a well-formed column into <paramref name="values"/>, which has its length.</summary>
    internal static void Decode<T>(ReadOnlySpan<byte> encoded, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        var header = ColumnHeader.Read(encoded);
        var (unit, reference) = (T.CreateTruncating(header.Unit), T.CreateTruncating(header.Reference));
        var body = encoded[ColumnHeader.Bytes..];
        switch (header.Width)
        {
            case 0: values.Fill(reference); break;
            case sizeof(byte): Widen(body, reference, unit, values); break;
            case sizeof(ushort): Widen(MemoryMarshal.Cast<byte, ushort>(body), reference, unit, values); break;
            case sizeof(uint): Widen(MemoryMarshal.Cast<byte, uint>(body), reference, unit, values); break;
            default: Widen(MemoryMarshal.Cast<byte, ulong>(body), reference, unit, values); break;
        }
    }

    private static byte WidthOf(ulong greatestDistance) => greatestDistance switch
    {
        0 => 0,
        <= byte.MaxValue => sizeof(byte),
        <= ushort.MaxValue => sizeof(ushort),
        <= uint.MaxValue => sizeof(uint),
        _ => sizeof(ulong),
    };

    /// <summary>Returns how far a value is from the reference; unsigned, so that every distance fits.</summary>
    private static ulong Distance<T>(T value, T reference)
        where T : unmanaged, IBinaryInteger<T> =>
        ulong.CreateTruncating(unchecked(value - reference)) & (ulong.MaxValue >> (64 - (8 * Unsafe.SizeOf<T>())));

    private static int UnitOf<T>(ReadOnlySpan<T> values, T reference, ulong greatestDistance)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Two bytes a value are few enough without looking for a unit.
        if (typeof(T) != typeof(long) || greatestDistance <= ushort.MaxValue)
            return 1;
        foreach (var unit in Units)
        {
            if (AreMultiples(values, reference, unit))
                return unit;
        }

        return 1;
    }

    private static bool AreMultiples<T>(ReadOnlySpan<T> values, T reference, int unit)
        where T : unmanaged, IBinaryInteger<T>
    {
        foreach (var value in values)
        {
            if (Distance(value, reference) % (ulong)unit != 0)
                return false;
        }

        return true;
    }

    private static void Narrow<T, TNarrow>(ReadOnlySpan<T> values, T reference, int unit, Span<TNarrow> encoded)
        where T : unmanaged, IBinaryInteger<T>
        where TNarrow : unmanaged, IBinaryInteger<TNarrow>
    {
        for (var index = 0; index < values.Length; index++)
            encoded[index] = TNarrow.CreateTruncating(Distance(values[index], reference) / (ulong)unit);
    }

    private static void Widen<T, TNarrow>(ReadOnlySpan<TNarrow> encoded, T reference, T unit, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
        where TNarrow : unmanaged, IBinaryInteger<TNarrow>
    {
        if (unit == T.One)
        {
            for (var index = 0; index < values.Length; index++)
                values[index] = unchecked(reference + T.CreateTruncating(encoded[index]));
            return;
        }

        for (var index = 0; index < values.Length; index++)
            values[index] = unchecked(reference + (T.CreateTruncating(encoded[index]) * unit));
    }
}
