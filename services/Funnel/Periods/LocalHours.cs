namespace SessionPlatform.Funnel.Periods;

/// <summary>Computes the hours of a time zone: each begins where the local clock shows a full hour.</summary>
internal static class LocalHours
{
    /// <summary>Returns the start of the hour that contains an instant.</summary>
    public static DateTime Begin(DateTime instant, TimeZoneInfo zone)
    {
        // Where clocks were set in between, the earlier time shows another minute, so the search continues there.
        for (var beyond = Beyond(instant, zone); beyond > 0; beyond = Beyond(instant, zone))
            instant = instant.AddTicks(-beyond);
        return instant;
    }

    /// <summary>Returns the first start of an hour at or after an instant.</summary>
    public static DateTime Next(DateTime instant, TimeZoneInfo zone)
    {
        for (var beyond = Beyond(instant, zone); beyond > 0; beyond = Beyond(instant, zone))
            instant = instant.AddTicks(TimeSpan.TicksPerHour - beyond);
        return instant;
    }

    /// <summary>Whether an hour starts at the instant.</summary>
    public static bool IsBegin(DateTime instant, TimeZoneInfo zone) => Beyond(instant, zone) == 0;

    private static long Beyond(DateTime instant, TimeZoneInfo zone) =>
        (instant.Ticks + zone.GetUtcOffset(instant).Ticks) % TimeSpan.TicksPerHour;
}
