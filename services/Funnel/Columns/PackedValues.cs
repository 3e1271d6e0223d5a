using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Values one behind the other: how many they are, and how many bytes each takes. Whole numbers are counted from the least
/// of them, in the largest unit that fits them all: times are mostly whole milliseconds or seconds. Numbers that are all
/// the same take no bytes.
/// </summary>
internal static class PackedValues
{
    private const int WidthAt = sizeof(int);
    private const int UnitAt = WidthAt + 1;
    private const int LeastAt = UnitAt + sizeof(int);
    private const int HeaderBytes = LeastAt + sizeof(long);

    // Of ticks and of microseconds: seconds, milliseconds, microseconds.
    private static readonly int[] Units = [10_000_000, 1_000_000, 10_000, 1_000, 10];

    public static byte[] Pack<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (typeof(T) == typeof(int))
            return PackNumbers(MemoryMarshal.Cast<T, int>(values));
        if (typeof(T) == typeof(long))
            return PackNumbers(MemoryMarshal.Cast<T, long>(values));
        var bytes = MemoryMarshal.AsBytes(values);
        var packed = new byte[HeaderBytes + bytes.Length];
        WriteHeader(packed, values.Length, Unsafe.SizeOf<T>(), unit: 1, least: 0);
        bytes.CopyTo(packed.AsSpan(HeaderBytes));
        return packed;
    }

    /// <summary>Whether these are values of the type, packed.</summary>
    public static bool IsPacked<T>(ReadOnlySpan<byte> packed)
        where T : unmanaged
    {
        if (packed.Length < HeaderBytes)
            return false;
        var (count, width) = (BinaryPrimitives.ReadInt32LittleEndian(packed), packed[WidthAt]);
        var isWidth = typeof(T) == typeof(int) || typeof(T) == typeof(long)
            ? width is 0 or sizeof(byte) or sizeof(ushort) or sizeof(uint) or sizeof(ulong)
            : width == Unsafe.SizeOf<T>();
        return count >= 0 && isWidth && packed.Length - HeaderBytes == (long)count * width;
    }

    /// <exception cref="InvalidDataException">They are not such values.</exception>
    public static T[] Unpack<T>(ReadOnlySpan<byte> packed)
        where T : unmanaged
    {
        if (!IsPacked<T>(packed))
            throw new InvalidDataException("A column of another form than it should have.");
        var values = GC.AllocateUninitializedArray<T>(BinaryPrimitives.ReadInt32LittleEndian(packed));
        if (typeof(T) == typeof(int))
            UnpackNumbers(packed, MemoryMarshal.Cast<T, int>(values.AsSpan()));
        else if (typeof(T) == typeof(long))
            UnpackNumbers(packed, MemoryMarshal.Cast<T, long>(values.AsSpan()));
        else
            MemoryMarshal.Cast<byte, T>(packed[HeaderBytes..]).CopyTo(values);
        return values;
    }

    /// <summary>One of packed whole numbers, without reading the others.</summary>
    public static long At(byte[] packed, int index)
    {
        ulong distance = packed[WidthAt] switch
        {
            0 => 0,
            sizeof(byte) => packed[HeaderBytes + index],
            sizeof(ushort) => BinaryPrimitives.ReadUInt16LittleEndian(packed.AsSpan(HeaderBytes + (index * sizeof(ushort)))),
            sizeof(uint) => BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(HeaderBytes + (index * sizeof(uint)))),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(packed.AsSpan(HeaderBytes + (index * sizeof(ulong)))),
        };
        var unit = BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(UnitAt));
        var least = BinaryPrimitives.ReadInt64LittleEndian(packed.AsSpan(LeastAt));
        return unchecked(least + (long)(distance * (ulong)unit));
    }

    private static void WriteHeader(Span<byte> packed, int count, int width, int unit, long least)
    {
        BinaryPrimitives.WriteInt32LittleEndian(packed, count);
        packed[WidthAt] = (byte)width;
        BinaryPrimitives.WriteInt32LittleEndian(packed[UnitAt..], unit);
        BinaryPrimitives.WriteInt64LittleEndian(packed[LeastAt..], least);
    }

    private static byte[] PackNumbers<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var (least, most) = values.IsEmpty ? (T.Zero, T.Zero) : (T.MaxValue, T.MinValue);
        foreach (var value in values)
            (least, most) = (T.Min(least, value), T.Max(most, value));
        // Without a sign, so that no span of values is too wide.
        var span = ulong.CreateTruncating(most - least) & ulong.CreateTruncating(T.AllBitsSet);
        var unit = UnitOf(values, least, span);
        var width = (span / (ulong)unit) switch
        {
            0 => 0,
            <= byte.MaxValue => sizeof(byte),
            <= ushort.MaxValue => sizeof(ushort),
            <= uint.MaxValue => sizeof(uint),
            _ => sizeof(ulong),
        };
        var packed = new byte[HeaderBytes + (values.Length * width)];
        WriteHeader(packed, values.Length, width, unit, long.CreateTruncating(least));
        var body = packed.AsSpan(HeaderBytes);
        switch (width)
        {
            case sizeof(byte): Narrow(values, least, unit, body); break;
            case sizeof(ushort): Narrow(values, least, unit, MemoryMarshal.Cast<byte, ushort>(body)); break;
            case sizeof(uint): Narrow(values, least, unit, MemoryMarshal.Cast<byte, uint>(body)); break;
            case sizeof(ulong): Narrow(values, least, unit, MemoryMarshal.Cast<byte, ulong>(body)); break;
        }

        return packed;
    }

    /// <summary>The largest unit that all distances from the least value are whole multiples of.</summary>
    private static int UnitOf<T>(ReadOnlySpan<T> values, T least, ulong span)
        where T : unmanaged, IBinaryInteger<T>
    {
        // What fits two bytes is small enough.
        if (typeof(T) != typeof(long) || span <= ushort.MaxValue)
            return 1;
        foreach (var unit in Units)
        {
            var index = 0;
            while (index < values.Length && ulong.CreateTruncating(values[index] - least) % (ulong)unit == 0)
                index++;
            if (index == values.Length)
                return unit;
        }

        return 1;
    }

    private static void UnpackNumbers<T>(ReadOnlySpan<byte> packed, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        var unit = T.CreateTruncating(BinaryPrimitives.ReadInt32LittleEndian(packed[UnitAt..]));
        var least = T.CreateTruncating(BinaryPrimitives.ReadInt64LittleEndian(packed[LeastAt..]));
        var body = packed[HeaderBytes..];
        switch (packed[WidthAt])
        {
            case 0: values.Fill(least); break;
            case sizeof(byte): Widen(body, least, unit, values); break;
            case sizeof(ushort): Widen(MemoryMarshal.Cast<byte, ushort>(body), least, unit, values); break;
            case sizeof(uint): Widen(MemoryMarshal.Cast<byte, uint>(body), least, unit, values); break;
            default: Widen(MemoryMarshal.Cast<byte, ulong>(body), least, unit, values); break;
        }
    }

    private static void Narrow<T, TNarrow>(ReadOnlySpan<T> values, T least, int unit, Span<TNarrow> packed)
        where T : unmanaged, IBinaryInteger<T>
        where TNarrow : unmanaged, IBinaryInteger<TNarrow>
    {
        for (var index = 0; index < values.Length; index++)
            packed[index] = TNarrow.CreateTruncating(ulong.CreateTruncating(values[index] - least) / (ulong)unit);
    }

    private static void Widen<T, TNarrow>(ReadOnlySpan<TNarrow> packed, T least, T unit, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
        where TNarrow : unmanaged, IBinaryInteger<TNarrow>
    {
        if (unit == T.One)
        {
            for (var index = 0; index < values.Length; index++)
                values[index] = least + T.CreateTruncating(packed[index]);
            return;
        }

        for (var index = 0; index < values.Length; index++)
            values[index] = least + (T.CreateTruncating(packed[index]) * unit);
    }
}
