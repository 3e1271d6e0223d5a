using System.Globalization;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>The time that a report is about, UTC.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Days">Null: it is not made of whole days of the site.</param>
internal sealed record ReportSpan(DateTime From, DateTime To, WholeDays? Days)
{
    /// <summary>Whether no session of the site started before.</summary>
    public bool BeginsWithFirst { get; init; }

    /// <summary>Whether no session of the site started after it.</summary>
    public bool EndsWithLast { get; init; }

    /// <summary>Whether it holds all sessions of the site that started from one time until before another.</summary>
    public bool Holds(DateTime begin, DateTime end) =>
        (BeginsWithFirst || From <= begin) && (EndsWithLast || To >= end);

    /// <summary>Its days, as people read them.</summary>
    public string ToText(TimeZoneInfo zone) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Contributions.Days.Of(From, zone):yyyy-MM-dd} to {Contributions.Days.Of(To.AddTicks(-1), zone):yyyy-MM-dd}");

    /// <summary>By whole days.</summary>
    public static ReportSpan Of(WholeDays days, TimeZoneInfo zone) => new(
        Contributions.Days.Start(days.First, zone), Contributions.Days.Start(days.Last.AddDays(1), zone), days);

    /// <summary>By moments, which may happen to make whole days.</summary>
    public static ReportSpan Of(DateTime from, DateTime to, TimeZoneInfo zone)
    {
        var (first, next) = (Contributions.Days.Of(from, zone), Contributions.Days.Of(to, zone));
        var isWhole = first < next && Contributions.Days.Start(first, zone) == from
            && Contributions.Days.Start(next, zone) == to;
        return new ReportSpan(from, to, isWhole ? new WholeDays(first, next.AddDays(-1)) : null);
    }

    /// <summary>As long, right before.</summary>
    public ReportSpan PreviousPeriod(TimeZoneInfo zone)
    {
        if (Days is not { } days)
            return new ReportSpan(Instants.Within(From.Ticks - (To - From).Ticks), From, Days: null);
        var count = days.Last.DayNumber - days.First.DayNumber + 1;
        return Of(new WholeDays(days.First.AddDays(-count), days.First.AddDays(-1)), zone);
    }

    /// <summary>The same local dates and times a year before; of 29 February the 28th.</summary>
    public ReportSpan PreviousYear(TimeZoneInfo zone) => Days is { } days
        ? Of(new WholeDays(days.First.AddYears(-1), days.Last.AddYears(-1)), zone)
        : new ReportSpan(YearBefore(From, zone), YearBefore(To, zone), Days: null);

    private static DateTime YearBefore(DateTime utc, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone).AddYears(-1);
        // By the offset before it where clocks skipped this time, by the standard one where they showed it twice.
        var offset = zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddDays(-1)) : zone.GetUtcOffset(local);
        return DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
    }
}

/// <summary>Days of a site, both inclusive.</summary>
internal readonly record struct WholeDays(DateOnly First, DateOnly Last);

/// <summary>The time in which things happen: at the ends of the calendar there is no room for time zones.</summary>
internal static class Instants
{
    public static DateTime First { get; } = new(1000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static DateTime Last { get; } = new(8999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static DateTime Within(long ticks) =>
        new(Math.Clamp(ticks, First.Ticks, Last.Ticks), DateTimeKind.Utc);
}
