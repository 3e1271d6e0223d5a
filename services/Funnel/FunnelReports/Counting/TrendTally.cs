using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.FunnelReports.Attempts;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.FunnelReports.Counting;

/// <summary>Counts attempts by the bucket that they began in.</summary>
/// <param name="begins">Of the buckets of the period, in order.</param>
/// <param name="end">Of the period.</param>
/// <param name="steps">Of the funnel.</param>
/// <param name="beyond">
/// The buckets up to an end: sessions of the period may go on after it, and attempts begin only then.
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

    /// <summary>Adds all of one of the same period.</summary>
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
