using System.Globalization;

namespace SessionPlatform.Funnel.Periods;

/// <summary>The span of time that a report covers, UTC.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Days">
/// The days of the site that the span consists of; null when it does not consist of whole days.
/// </param>
internal sealed record ReportSpan(DateTime From, DateTime To, WholeDays? Days)
{
    /// <summary>Whether no session of the site started before the span.</summary>
    public bool BeginsWithFirst { get; init; }

    /// <summary>Whether no session of the site started after the span.</summary>
    public bool EndsWithLast { get; init; }

    /// <summary>Whether the span contains every session of the site that started in [begin, end).</summary>
    public bool Contains(DateTime begin, DateTime end) =>
        (BeginsWithFirst || From <= begin) && (EndsWithLast || To >= end);

    /// <summary>Returns the days of the span as text for people, for example in errors.</summary>
    public string ToText(TimeZoneInfo zone) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Periods.Days.Of(From, zone):yyyy-MM-dd} to {Periods.Days.Of(To.AddTicks(-1), zone):yyyy-MM-dd}");

    /// <summary>Creates a span of whole days.</summary>
    public static ReportSpan Of(WholeDays days, TimeZoneInfo zone) => new(
        Periods.Days.Start(days.First, zone), Periods.Days.Start(days.Last.AddDays(1), zone), days);

    /// <summary>Creates a span from two instants, and detects whether these delimit whole days.</summary>
    public static ReportSpan Of(DateTime from, DateTime to, TimeZoneInfo zone)
    {
        var (first, next) = (Periods.Days.Of(from, zone), Periods.Days.Of(to, zone));
        var isWhole = first < next && Periods.Days.Start(first, zone) == from
            && Periods.Days.Start(next, zone) == to;
        return new ReportSpan(from, to, isWhole ? new WholeDays(first, next.AddDays(-1)) : null);
    }

    /// <summary>Returns the span of equal length that ends where this one starts.</summary>
    public ReportSpan PreviousPeriod(TimeZoneInfo zone)
    {
        if (Days is not { } days)
            return new ReportSpan(Instants.Within(From.Ticks - (To - From).Ticks), From, Days: null);
        var count = days.Last.DayNumber - days.First.DayNumber + 1;
        return Of(new WholeDays(days.First.AddDays(-count), days.First.AddDays(-1)), zone);
    }

    /// <summary>
    /// Returns the span of the equal local dates and times one year earlier; 29 February becomes the 28th.
    /// </summary>
    public ReportSpan PreviousYear(TimeZoneInfo zone) => Days is { } days
        ? Of(new WholeDays(days.First.AddYears(-1), days.Last.AddYears(-1)), zone)
        : new ReportSpan(YearBefore(From, zone), YearBefore(To, zone), Days: null);

    private static DateTime YearBefore(DateTime utc, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone).AddYears(-1);
        // A local time that clocks skipped takes the offset before it; one that occurred twice takes the standard
        // offset.
        var offset = zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddDays(-1)) : zone.GetUtcOffset(local);
        return DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
    }
}

/// <summary>A range of local days of a site; both ends are inclusive.</summary>
internal readonly record struct WholeDays(DateOnly First, DateOnly Last);

/// <summary>
/// The bounds of all times in reports. Near the ends of DateTime, time zone arithmetic would overflow.
/// </summary>
internal static class Instants
{
    public static DateTime First { get; } = new(1000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static DateTime Last { get; } = new(8999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Clamps ticks to the bounds.</summary>
    public static DateTime Within(long ticks) =>
        new(Math.Clamp(ticks, First.Ticks, Last.Ticks), DateTimeKind.Utc);
}
