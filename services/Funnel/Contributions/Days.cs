namespace SessionPlatform.Funnel.Contributions;

/// <summary>
/// Days of a time zone. A local day is not always 24 hours, may start at another hour than midnight where clocks jump,
/// and where they go back over midnight it is not even one piece; so nothing here counts hours.
/// </summary>
internal static class Days
{
    /// <summary>The local day of a UTC time.</summary>
    public static DateOnly Of(DateTime utc, TimeZoneInfo zone)
    {
        // Next to the ends of the calendar there is no room for an offset.
        var day = DateOnly.FromDateTime(utc);
        return day == DateOnly.MinValue || day == DateOnly.MaxValue
            ? day
            : DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(utc, zone));
    }

    /// <summary>The first instant of a local day, UTC.</summary>
    public static DateTime Start(DateOnly day, TimeZoneInfo zone) =>
        Candidates(day, zone).Where(instant => Of(instant, zone) == day).DefaultIfEmpty(Midnight(day)).Min();

    /// <summary>The first instant after the last one of a local day, UTC.</summary>
    public static DateTime End(DateOnly day, TimeZoneInfo zone) =>
        Candidates(day.AddDays(1), zone)
            .Where(instant => Of(instant.AddTicks(-1), zone) == day)
            .DefaultIfEmpty(Midnight(day.AddDays(1)))
            .Max();

    /// <summary>What local midnight is in UTC by each of the offsets around it.</summary>
    private static IEnumerable<DateTime> Candidates(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = Midnight(day);
        yield return midnight - zone.GetUtcOffset(midnight.AddDays(-1));
        yield return midnight - zone.GetUtcOffset(midnight.AddDays(1));
    }

    private static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
