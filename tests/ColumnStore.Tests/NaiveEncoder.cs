using System.Numerics;

namespace SessionPlatform.ColumnStore.Tests;

/// <summary>
/// Frame-of-reference encoding written again from its description, by arithmetic without bounds and byte by byte, to
/// check the fast one against.
/// </summary>
internal static class NaiveEncoder
{
    public static byte[] Encode(long[] values, bool isLong)
    {
        var least = values.Length == 0 ? 0 : (BigInteger)values.Min();
        var distances = values.Select(value => value - least).ToArray();
        var range = distances.Length == 0 ? 0 : distances.Max();
        BigInteger unit = 1;
        if (isLong && range > 65_535)
        {
            unit = new BigInteger[] { 10_000_000, 1_000_000, 10_000, 1_000, 10, 1 }
                .First(each => distances.All(distance => distance % each == 0));
        }

        var greatest = range / unit;
        var width = greatest == 0 ? 0 : new[] { 1, 2, 4, 8 }.First(bytes => greatest < BigInteger.Pow(256, bytes));
        return
        [
            .. Bytes(values.Length, 4), (byte)width, .. Bytes(unit, 4), .. Bytes(least, 8),
            .. distances.SelectMany(distance => Bytes(distance / unit, width)),
        ];
    }

    private static IEnumerable<byte> Bytes(BigInteger value, int count)
    {
        var rest = value < 0 ? value + BigInteger.Pow(256, count) : value;
        for (var index = 0; index < count; index++, rest /= 256)
            yield return (byte)(rest % 256);
    }
}
