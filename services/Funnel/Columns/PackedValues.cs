using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Values one behind the other: how many they are, how many bytes each takes, and where they are whole numbers, the least
/// of them, from which the others are counted. Values that are all the same take none.
/// </summary>
internal static class PackedValues
{
    // Count, width, least.
    private const int HeaderBytes = sizeof(int) + 1 + sizeof(long);

    public static byte[] Pack<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (typeof(T) == typeof(int))
            return PackNumbers(MemoryMarshal.Cast<T, int>(values));
        if (typeof(T) == typeof(long))
            return PackNumbers(MemoryMarshal.Cast<T, long>(values));
        var bytes = MemoryMarshal.AsBytes(values);
        var packed = new byte[HeaderBytes + bytes.Length];
        WriteHeader(packed, values.Length, Unsafe.SizeOf<T>(), 0);
        bytes.CopyTo(packed.AsSpan(HeaderBytes));
        return packed;
    }

    /// <exception cref="InvalidDataException">They are not such values.</exception>
    public static T[] Unpack<T>(ReadOnlySpan<byte> packed)
        where T : unmanaged
    {
        if (packed.Length < HeaderBytes)
            throw new InvalidDataException("A column without a header.");
        var count = BinaryPrimitives.ReadInt32LittleEndian(packed);
        var width = packed[sizeof(int)];
        var least = BinaryPrimitives.ReadInt64LittleEndian(packed[(sizeof(int) + 1)..]);
        var body = packed[HeaderBytes..];
        if (count < 0 || body.Length != (long)count * width)
            throw new InvalidDataException("A column of another length than it says.");
        var values = new T[count];
        if (typeof(T) == typeof(int))
            UnpackNumbers(body, width, (int)least, MemoryMarshal.Cast<T, int>(values.AsSpan()));
        else if (typeof(T) == typeof(long))
            UnpackNumbers(body, width, least, MemoryMarshal.Cast<T, long>(values.AsSpan()));
        else
            MemoryMarshal.Cast<byte, T>(body).CopyTo(values);
        return values;
    }

    private static void WriteHeader(Span<byte> packed, int count, int width, long least)
    {
        BinaryPrimitives.WriteInt32LittleEndian(packed, count);
        packed[sizeof(int)] = (byte)width;
        BinaryPrimitives.WriteInt64LittleEndian(packed[(sizeof(int) + 1)..], least);
    }

    private static byte[] PackNumbers<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var (least, most) = values.IsEmpty ? (T.Zero, T.Zero) : (T.MaxValue, T.MinValue);
        foreach (var value in values)
            (least, most) = (T.Min(least, value), T.Max(most, value));
        // Without a sign, so that no span of values is too wide.
        var span = ulong.CreateTruncating(most) - ulong.CreateTruncating(least);
        var width = span switch
        {
            0 => 0,
            <= byte.MaxValue => sizeof(byte),
            <= ushort.MaxValue => sizeof(ushort),
            <= uint.MaxValue => sizeof(uint),
            _ => sizeof(ulong),
        };
        var packed = new byte[HeaderBytes + (values.Length * width)];
        WriteHeader(packed, values.Length, width, long.CreateTruncating(least));
        var body = packed.AsSpan(HeaderBytes);
        switch (width)
        {
            case sizeof(byte): Narrow(values, least, body); break;
            case sizeof(ushort): Narrow(values, least, MemoryMarshal.Cast<byte, ushort>(body)); break;
            case sizeof(uint): Narrow(values, least, MemoryMarshal.Cast<byte, uint>(body)); break;
            case sizeof(ulong): Narrow(values, least, MemoryMarshal.Cast<byte, ulong>(body)); break;
        }

        return packed;
    }

    private static void UnpackNumbers<T>(ReadOnlySpan<byte> body, int width, T least, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        switch (width)
        {
            case 0: values.Fill(least); break;
            case sizeof(byte): Widen(body, least, values); break;
            case sizeof(ushort): Widen(MemoryMarshal.Cast<byte, ushort>(body), least, values); break;
            case sizeof(uint): Widen(MemoryMarshal.Cast<byte, uint>(body), least, values); break;
            case sizeof(ulong): Widen(MemoryMarshal.Cast<byte, ulong>(body), least, values); break;
            default: throw new InvalidDataException("A column of a width that there is not.");
        }
    }

    private static void Narrow<T, TNarrow>(ReadOnlySpan<T> values, T least, Span<TNarrow> packed)
        where T : unmanaged, IBinaryInteger<T>
        where TNarrow : unmanaged, IBinaryInteger<TNarrow>
    {
        for (var index = 0; index < values.Length; index++)
            packed[index] = TNarrow.CreateTruncating(values[index] - least);
    }

    private static void Widen<T, TNarrow>(ReadOnlySpan<TNarrow> packed, T least, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
        where TNarrow : unmanaged, IBinaryInteger<TNarrow>
    {
        for (var index = 0; index < values.Length; index++)
            values[index] = least + T.CreateTruncating(packed[index]);
    }
}
