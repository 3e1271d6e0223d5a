using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Counting;

/// <summary>Accumulates attempts by the bucket of their start.</summary>
/// <param name="begins">The starts of the buckets of the period, in order.</param>
/// <param name="end">The end of the period.</param>
/// <param name="steps">The number of steps of the funnel.</param>
/// <param name="beyond">
/// Returns the buckets up to a given end. Sessions of the period may continue after it, and attempts may start there.
/// </param>
internal sealed class TrendTally(DateTime[] begins, DateTime end, int steps, Func<DateTime, DateTime[]> beyond)
{
    private DateTime[] begins = begins;
    private DateTime end = end;
    private readonly List<long[]> counts = [.. begins.Select(_ => new long[steps])];

    public void Add(Attempt attempt, ReadOnlySpan<MarkedEvent> events)
    {
        var at = new DateTime(events[attempt.First].At, DateTimeKind.Utc);
        if (at >= end)
            GoOnTo(at.AddTicks(1));

        var bucket = Bucket(at);
        for (var step = 0; step < steps; step++)
        {
            if (attempt.Taken[step] >= 0)
                counts[bucket][step]++;
        }
    }

    public TrendTally CreateEmpty() => new(begins, end, steps, beyond);

    /// <summary>Merges an accumulator of the same period.</summary>
    public void Add(TrendTally other)
    {
        if (other.end > end)
            GoOnTo(other.end);
        for (var bucket = 0; bucket < other.counts.Count; bucket++)
        {
            for (var step = 0; step < steps; step++)
                counts[bucket][step] += other.counts[bucket][step];
        }
    }

    public IEnumerable<FunnelTrendPoint> Points() => begins.Select((begin, index) => new FunnelTrendPoint
    {
        At = begin.ToTimestamp(),
        Counts = { counts[index].Select(FunnelTable.Count) },
    });

    private int Bucket(DateTime at)
    {
        var found = Array.BinarySearch(begins, at);
        return found >= 0 ? found : Math.Max(0, ~found - 1);
    }

    private void GoOnTo(DateTime to)
    {
        end = to;
        begins = beyond(to);
        while (counts.Count < begins.Length)
            counts.Add(new long[steps]);
    }
}
