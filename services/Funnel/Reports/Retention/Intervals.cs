using Grpc.Core;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>The consecutive whole intervals of a report.</summary>
/// <param name="begins">The start of each interval.</param>
/// <param name="end">The end of the last interval.</param>
internal sealed class Intervals(DateTime[] begins, DateTime end)
{
    private readonly long[] beginTicks = Array.ConvertAll(begins, begin => begin.Ticks);

    // The result of the last lookup.
    private long lastFrom;
    private long lastBefore;
    private int last;

    /// <summary>The maximum number of intervals in the period of a report.</summary>
    public const int Most = 366;

    /// <summary>The start of each interval.</summary>
    public DateTime[] Begins => begins;

    /// <summary>The end of the last interval.</summary>
    public DateTime End => end;

    /// <summary>The end of the last interval, in ticks.</summary>
    public long EndTicks => end.Ticks;

    public int Count => begins.Length;

    /// <summary>A text that identifies the intervals.</summary>
    public string Name => string.Join(' ', beginTicks.Append(EndTicks));

    /// <summary>Returns the intervals that overlap the span, and additional ones on both sides.</summary>
    /// <returns>The intervals, and the number of them that belong to the period.</returns>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the period has too many intervals.</exception>
    public static (Intervals Intervals, int Own) Of(
        Bucket bucket, ReportSpan span, SiteConfiguration configuration, int before, int after)
    {
        if (span.From >= span.To)
            return (new Intervals([], span.From), 0);
        var (zone, weekStart) = (configuration.TimeZone, configuration.WeekStart);
        var found = BucketBegins.From(bucket, span.From, zone, weekStart)
            .TakeWhile(begin => begin < span.To).Take(Most + 1).ToList();
        var own = found.Count;
        if (own > Most)
        {
            throw GrpcErrors.InvalidArgument(
                "interval",
                $"makes more than {Most} of {span.ToText(zone)}: take longer ones, or a shorter period");
        }

        found.AddRange(
            BucketBegins.From(bucket, found[^1], zone, weekStart).Skip(1).Take(after + 1));
        for (var count = 0; count < before; count++)
            found.Insert(0, BucketBegins.From(bucket, found[0].AddTicks(-1), zone, weekStart).First());
        return (new Intervals([.. found[..^1]], found[^1]), own);
    }

    /// <summary>
    /// Returns the interval of a time in ticks: -1 before the first one, and the last one for all times after its
    /// start.
    /// </summary>
    public int Holding(long ticks)
    {
        // Sessions arrive in the order of time, so the last result is usually right.
        if (ticks >= lastFrom && ticks < lastBefore)
            return last;
        var found = Array.BinarySearch(beginTicks, ticks);
        last = found >= 0 ? found : ~found - 1;
        lastFrom = last < 0 ? long.MinValue : beginTicks[last];
        lastBefore = last + 1 < Count ? beginTicks[last + 1] : long.MaxValue;
        return last;
    }
}
