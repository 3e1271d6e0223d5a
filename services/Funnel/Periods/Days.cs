namespace SessionPlatform.Funnel.Periods;

/// <summary>
/// Converts between UTC and the days of a time zone. A local day does not always have 24 hours, may start at another
/// time than midnight where clocks are set forward, and is not contiguous where clocks go back over midnight. That is
/// why nothing here counts hours.
/// </summary>
internal static class Days
{
    /// <summary>Returns the local day of a UTC time.</summary>
    public static DateOnly Of(DateTime utc, TimeZoneInfo zone)
    {
        // Near the ends of DateTime, adding an offset would overflow.
        var day = DateOnly.FromDateTime(utc);
        return day == DateOnly.MinValue || day == DateOnly.MaxValue
            ? day
            : DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(utc, zone));
    }

    /// <summary>Returns the first instant of a local day, UTC.</summary>
    public static DateTime Start(DateOnly day, TimeZoneInfo zone) =>
        Candidates(day, zone).Where(instant => Of(instant, zone) == day).DefaultIfEmpty(Midnight(day)).Min();

    /// <summary>Returns the instant right after the last one of a local day, UTC.</summary>
    public static DateTime End(DateOnly day, TimeZoneInfo zone) =>
        Candidates(day.AddDays(1), zone)
            .Where(instant => Of(instant.AddTicks(-1), zone) == day)
            .DefaultIfEmpty(Midnight(day.AddDays(1)))
            .Max();

    /// <summary>Returns local midnight in UTC, by each of the offsets in force around it.</summary>
    private static IEnumerable<DateTime> Candidates(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = Midnight(day);
        yield return midnight - zone.GetUtcOffset(midnight.AddDays(-1));
        yield return midnight - zone.GetUtcOffset(midnight.AddDays(1));
    }

    private static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
