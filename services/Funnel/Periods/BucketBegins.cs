using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Funnel.Periods;

/// <summary>
/// Computes where the buckets of a series begin in a time zone. Minutes and hours begin where the local clock shows a
/// full one; days, weeks and months begin with their first instant. Each bucket lasts until the next one begins.
/// </summary>
internal static class BucketBegins
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The maximum number of buckets in a series; it allows for a day that is one hour longer.</summary>
    public static int MaxCount(Bucket bucket) => bucket switch
    {
        Bucket.Minute => 3_000,
        Bucket.Hour => 1_500,
        _ => 1_100,
    };

    /// <summary>
    /// Returns the starts of all buckets that overlap the span; null when there are more than <see cref="MaxCount"/>.
    /// </summary>
    public static DateTime[]? Of(Bucket bucket, ReportSpan span, TimeZoneInfo zone, DayOfWeek weekStart)
    {
        var maxCount = MaxCount(bucket);
        var begins = new List<DateTime>();
        foreach (var begin in All(bucket, span.From, zone, weekStart))
        {
            if (begin >= span.To)
                break;
            // Where clocks go back, the next bucket may begin before the span as well.
            if (begins.Count == 1 && begin <= span.From)
                begins.Clear();
            begins.Add(begin);
            if (begins.Count > maxCount)
                return null;
        }

        return [.. begins];
    }

    /// <summary>Returns an endless sequence of bucket starts, from the bucket that contains the instant.</summary>
    public static IEnumerable<DateTime> From(Bucket bucket, DateTime instant, TimeZoneInfo zone, DayOfWeek weekStart)
    {
        DateTime? before = null;
        foreach (var begin in All(bucket, instant, zone, weekStart))
        {
            // Where clocks go back, several buckets may begin before the instant; the last of them contains it.
            if (before is { } kept && begin > instant)
                yield return kept;
            before = begin;
        }
    }

    private static IEnumerable<DateTime> All(Bucket bucket, DateTime from, TimeZoneInfo zone, DayOfWeek weekStart) =>
        bucket switch
        {
            Bucket.Minute => Clock(Minute, from, zone),
            Bucket.Hour => Clock(Hour, from, zone),
            Bucket.Day => Calendar(DayOf, day => day.AddDays(1), from, zone),
            Bucket.Week => Calendar(day => WeekOf(day, weekStart), week => week.AddDays(7), from, zone),
            Bucket.Month => Calendar(MonthOf, month => month.AddMonths(1), from, zone),
            _ => throw new ArgumentOutOfRangeException(nameof(bucket)),
        };

    private static IEnumerable<DateTime> Clock(TimeSpan length, DateTime from, TimeZoneInfo zone)
    {
        // Two lengths earlier there is always a start, however the clocks were set in between.
        for (var begin = Full(from - length - length, length, zone); ; begin = Full(begin + length, length, zone))
        {
            if (begin + length > from || Full(begin + length, length, zone) > from)
                yield return begin;
        }
    }

    /// <summary>
    /// Returns the first instant at or after this one at which the clock shows a full minute or hour.
    /// </summary>
    private static DateTime Full(DateTime instant, TimeSpan length, TimeZoneInfo zone)
    {
        for (var tries = 0; tries < 3; tries++)
        {
            var beyond = (instant.Ticks + zone.GetUtcOffset(instant).Ticks) % length.Ticks;
            if (beyond == 0)
                break;
            instant += length - TimeSpan.FromTicks(beyond);
        }

        return instant;
    }

    private static IEnumerable<DateTime> Calendar(
        Func<DateOnly, DateOnly> first, Func<DateOnly, DateOnly> next, DateTime from, TimeZoneInfo zone)
    {
        var day = first(Days.Of(from, zone));
        // Where clocks went back over midnight, the day before may continue after this one began.
        while (Begin(day, next(day), zone) is { } begin && begin > from)
            day = first(day.AddDays(-1));
        for (; ; day = next(day))
        {
            if (Begin(day, next(day), zone) is { } begin)
                yield return begin;
        }
    }

    /// <summary>Returns the first instant of a range of days; null when the calendar skipped all of them.</summary>
    private static DateTime? Begin(DateOnly day, DateOnly next, TimeZoneInfo zone)
    {
        for (; day < next; day = day.AddDays(1))
        {
            var begin = Days.Start(day, zone);
            if (Days.Of(begin, zone) == day)
                return begin;
        }

        return null;
    }

    private static DateOnly DayOf(DateOnly day) => day;

    private static DateOnly WeekOf(DateOnly day, DayOfWeek weekStart) =>
        day.AddDays(-(((int)day.DayOfWeek - (int)weekStart + 7) % 7));

    private static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);
}
