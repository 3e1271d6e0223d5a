namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>Values that lie in several arrays, each in order: percentiles of all without putting them together.</summary>
internal static class SortedParts
{
    /// <summary>As <see cref="Percentiles.Of"/>.</summary>
    public static double Percentile(IReadOnlyList<ReadOnlyMemory<double>> parts, double fraction)
    {
        var count = parts.Sum(part => part.Length);
        if (count == 0)
            return double.NaN;
        var place = fraction * (count - 1);
        var below = (int)Math.Floor(place);
        var low = ValueAt(parts, below);
        var high = below < place ? ValueAt(parts, below + 1) : low;
        return low + ((place - below) * (high - low));
    }

    /// <summary>The value of a place in the order of all: the least one that more than so many do not exceed.</summary>
    private static double ValueAt(IReadOnlyList<ReadOnlyMemory<double>> parts, int place)
    {
        var (least, most) = (OrderOf(double.NegativeInfinity), OrderOf(double.PositiveInfinity));
        while (least < most)
        {
            // Without an overflow: the distance may be more than half of all numbers.
            var middle = least + (long)((ulong)(most - least) / 2);
            if (CountUpTo(parts, OfOrder(middle)) > place)
                most = middle;
            else
                least = middle + 1;
        }

        return OfOrder(least);
    }

    private static int CountUpTo(IReadOnlyList<ReadOnlyMemory<double>> parts, double value)
    {
        var count = 0;
        foreach (var part in parts)
        {
            var values = part.Span;
            var (least, most) = (0, values.Length);
            while (least < most)
            {
                var middle = (least + most) / 2;
                if (values[middle] <= value)
                    least = middle + 1;
                else
                    most = middle;
            }

            count += least;
        }

        return count;
    }

    // Whole numbers in the order of the doubles that they stand for; a double follows the one before without a gap.
    private static long OrderOf(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits >= 0 ? bits : long.MinValue - bits;
    }

    private static double OfOrder(long order) =>
        BitConverter.Int64BitsToDouble(order >= 0 ? order : long.MinValue - order);
}
