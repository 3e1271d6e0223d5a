using Grpc.Core;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Retention;

/// <summary>The intervals that a report looks at, one after the other without gaps; whole ones.</summary>
/// <param name="Begins">Of each.</param>
/// <param name="End">Of the last one.</param>
internal sealed record Intervals(DateTime[] Begins, DateTime End)
{
    /// <summary>Most that the period of a report may have.</summary>
    public const int Most = 366;

    public int Count => Begins.Length;

    /// <summary>Those that hold a moment of the span, and some more on both sides.</summary>
    /// <returns>The intervals, and how many of them are the period's own.</returns>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the period has too many.</exception>
    public static (Intervals Intervals, int Own) Of(
        Bucket bucket, ReportSpan span, SiteConfiguration configuration, int before, int after)
    {
        if (span.From >= span.To)
            return (new Intervals([], span.From), 0);
        var (zone, weekStart) = (configuration.TimeZone, configuration.WeekStart);
        var begins = BucketBegins.From(bucket, span.From, zone, weekStart)
            .TakeWhile(begin => begin < span.To).Take(Most + 1).ToList();
        var own = begins.Count;
        if (own > Most)
        {
            throw GrpcErrors.InvalidArgument(
                "interval", $"makes more than {Most} of this period: take longer ones, or a shorter period");
        }

        begins.AddRange(
            BucketBegins.From(bucket, begins[^1], zone, weekStart).Skip(1).Take(after + 1));
        for (var count = 0; count < before; count++)
            begins.Insert(0, BucketBegins.From(bucket, begins[0].AddTicks(-1), zone, weekStart).First());
        return (new Intervals([.. begins[..^1]], begins[^1]), own);
    }

    /// <summary>The interval of a time; -1: before the first one. Beyond the last it is that one's.</summary>
    public int Holding(DateTime time)
    {
        var found = Array.BinarySearch(Begins, time);
        return found >= 0 ? found : ~found - 1;
    }
}
