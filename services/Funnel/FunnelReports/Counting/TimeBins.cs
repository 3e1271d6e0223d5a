using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Funnel.FunnelReports.Counting;

/// <summary>A histogram: bins of equal length from the shortest time to the longest.</summary>
internal static class TimeBins
{
    /// <param name="sorted">In ticks.</param>
    /// <param name="bins">How many; one where all times are the same, none where there is no time.</param>
    public static IEnumerable<FunnelTimeBin> Of(IReadOnlyList<long> sorted, int bins)
    {
        if (sorted.Count == 0 || bins == 0)
            yield break;
        var (shortest, length) = (sorted[0], sorted[^1] - sorted[0]);
        if (length == 0)
            bins = 1;
        var index = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            var end = Border(bin + 1);
            var first = index;
            while (index < sorted.Count && (sorted[index] < end || bin == bins - 1))
                index++;
            yield return new FunnelTimeBin
            {
                From = Duration.FromTimeSpan(TimeSpan.FromTicks(Border(bin))),
                To = Duration.FromTimeSpan(TimeSpan.FromTicks(end)),
                Count = (uint)(index - first),
            };
        }

        long Border(int bin) => shortest + (long)((Int128)length * bin / bins);
    }
}
