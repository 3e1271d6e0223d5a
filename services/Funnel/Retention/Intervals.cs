using Grpc.Core;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Retention;

/// <summary>The intervals that a report looks at, one after the other without gaps; whole ones.</summary>
/// <param name="begins">Of each.</param>
/// <param name="end">Of the last one.</param>
internal sealed class Intervals(DateTime[] begins, DateTime end)
{
    private readonly long[] beginTicks = Array.ConvertAll(begins, begin => begin.Ticks);

    // The one that was asked for last.
    private long lastFrom;
    private long lastBefore;
    private int last;

    /// <summary>Most that the period of a report may have.</summary>
    public const int Most = 366;

    /// <summary>Of each.</summary>
    public DateTime[] Begins => begins;

    /// <summary>Of the last one.</summary>
    public DateTime End => end;

    /// <summary>The same in ticks.</summary>
    public long EndTicks => end.Ticks;

    public int Count => begins.Length;

    /// <summary>Tells them apart.</summary>
    public string Name => string.Join(' ', beginTicks.Append(EndTicks));

    /// <summary>Those that hold a moment of the span, and some more on both sides.</summary>
    /// <returns>The intervals, and how many of them are the period's own.</returns>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the period has too many.</exception>
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

    /// <summary>The interval of a time in ticks; -1: before the first one. Beyond the last it is that one's.</summary>
    public int Holding(long ticks)
    {
        // Sessions come in the order of time.
        if (ticks >= lastFrom && ticks < lastBefore)
            return last;
        var found = Array.BinarySearch(beginTicks, ticks);
        last = found >= 0 ? found : ~found - 1;
        lastFrom = last < 0 ? long.MinValue : beginTicks[last];
        lastBefore = last + 1 < Count ? beginTicks[last + 1] : long.MaxValue;
        return last;
    }
}
