using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Counting;

/// <summary>Computes a histogram with bins of equal length from the shortest time to the longest.</summary>
internal static class TimeBins
{
    /// <summary>Returns the bins of a histogram.</summary>
    /// <param name="times">The times in ticks, in any order.</param>
    /// <param name="bins">
    /// The number of bins. The result has one bin when all times are equal, and none when there are no times.
    /// </param>
    public static IReadOnlyList<FunnelTimeBin> Of(ReadOnlySpan<long> times, int bins)
    {
        if (times.IsEmpty || bins == 0)
            return [];
        var (shortest, longest) = (times[0], times[0]);
        foreach (var time in times)
            (shortest, longest) = (Math.Min(shortest, time), Math.Max(longest, time));
        if (shortest == longest)
            bins = 1;
        long[] borders = [.. Enumerable.Range(0, bins + 1).Select(BorderOf)];
        var counts = new uint[bins];
        foreach (var time in times)
            counts[BinOf(time, borders)]++;
        return
        [
            .. counts.Select((count, bin) => new FunnelTimeBin
            {
                From = Duration.FromTimeSpan(TimeSpan.FromTicks(borders[bin])),
                To = Duration.FromTimeSpan(TimeSpan.FromTicks(borders[bin + 1])),
                Count = count,
            }),
        ];

        long BorderOf(int bin) => shortest + (long)((Int128)(longest - shortest) * bin / bins);
    }

    /// <summary>
    /// Returns the last bin that begins at or before a time; the longest time belongs to the last bin.
    /// </summary>
    private static int BinOf(long time, long[] borders)
    {
        var (least, most) = (0, borders.Length - 2);
        while (least < most)
        {
            var middle = (least + most + 1) / 2;
            if (borders[middle] <= time)
                least = middle;
            else
                most = middle - 1;
        }

        return least;
    }
}
