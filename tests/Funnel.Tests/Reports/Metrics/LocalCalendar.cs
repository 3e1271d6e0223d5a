using System.Globalization;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

/// <summary>The time zone's days and hours, found by looking at the clock minute by minute.</summary>
internal sealed class LocalCalendar(TimeZoneInfo zone, DayOfWeek weekStart)
{
    public string ZoneId => zone.Id;

    private readonly Dictionary<DateOnly, DateTime> starts = [];

    public DateOnly DateOf(DateTime utc) => DateOnly.FromDateTime(Clock(utc));

    /// <summary>The first minute at which the calendar shows the day, or, where it left it out, a later one.</summary>
    public DateTime Start(DateOnly day)
    {
        if (starts.TryGetValue(day, out var start))
            return start;
        start = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddHours(-16);
        while (DateOf(start) < day)
            start = start.AddMinutes(1);
        return starts[day] = start;
    }

    public (DateTime From, DateTime To) Span(Period? period, IEnumerable<DateTime> sessions, DateTime now)
    {
        if (period?.Days is { } days)
            return (Start(Date(days.From)), Start(Date(days.To).AddDays(1)));
        return (
            period?.Range?.From?.ToDateTime() ?? sessions.DefaultIfEmpty(now).Min(),
            period?.Range?.To?.ToDateTime() ?? now);
    }

    public (DateTime From, DateTime To) Earlier(DateTime from, DateTime to, Comparison comparison)
    {
        var (first, last) = (DateOf(from), DateOf(to.AddTicks(-1)));
        var isDays = Start(first) == from && Start(last.AddDays(1)) == to;
        if (comparison == Comparison.PreviousYear)
        {
            return isDays
                ? (Start(first.AddYears(-1)), Start(last.AddYears(-1).AddDays(1)))
                : (YearBefore(from), YearBefore(to));
        }

        return isDays
            ? (Start(first.AddDays(first.DayNumber - last.DayNumber - 1)), from)
            : (from - (to - from), from);
    }

    public List<DateTime> Begins(Bucket bucket, DateTime from, DateTime to)
    {
        if (bucket is Bucket.Minute or Bucket.Hour)
            return ByClock(bucket, from, to);
        var day = DateOf(from);
        if (bucket == Bucket.Month)
            day = new DateOnly(day.Year, day.Month, 1);
        while (bucket == Bucket.Week && day.DayOfWeek != weekStart)
            day = day.AddDays(-1);
        var begins = new List<DateTime>();
        for (; Start(day) < to; day = Next(day))
            begins.Add(Start(day));
        return begins;

        DateOnly Next(DateOnly date) => bucket switch
        {
            Bucket.Day => date.AddDays(1),
            Bucket.Week => date.AddDays(7),
            _ => date.AddMonths(1),
        };
    }

    private List<DateTime> ByClock(Bucket bucket, DateTime from, DateTime to)
    {
        var at = from.AddTicks(-(from.Ticks % TimeSpan.TicksPerMinute));
        while (!IsFull(at))
            at = at.AddMinutes(-1);
        var begins = new List<DateTime>();
        for (; at < to; at = at.AddMinutes(1))
        {
            if (IsFull(at))
                begins.Add(at);
        }

        return begins;

        bool IsFull(DateTime utc) => bucket == Bucket.Minute || Clock(utc).Minute == 0;
    }

    /// <summary>The moment at which the clock showed this date and time of the year before.</summary>
    private DateTime YearBefore(DateTime utc)
    {
        var wanted = Clock(utc).AddYears(-1);
        var guess = DateTime.SpecifyKind(wanted, DateTimeKind.Utc);
        for (var quarters = -60; quarters <= 60; quarters++)
        {
            var candidate = guess.AddMinutes(15 * quarters);
            if (Clock(candidate) == wanted)
                return candidate;
        }

        throw new InvalidOperationException("The clock never showed that.");
    }

    private DateTime Clock(DateTime utc) =>
        DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(utc, zone), DateTimeKind.Unspecified);

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
