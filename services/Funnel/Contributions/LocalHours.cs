namespace SessionPlatform.Funnel.Contributions;

/// <summary>Hours of a time zone: each begins where the clock shows a full one, and lasts until the next.</summary>
internal static class LocalHours
{
    /// <summary>The begin of the hour that holds an instant.</summary>
    public static DateTime Begin(DateTime instant, TimeZoneInfo zone)
    {
        // Where clocks were set in between, the time before shows another minute: look on from there.
        for (var beyond = Beyond(instant, zone); beyond > 0; beyond = Beyond(instant, zone))
            instant = instant.AddTicks(-beyond);
        return instant;
    }

    /// <summary>The first begin at an instant or after it.</summary>
    public static DateTime Next(DateTime instant, TimeZoneInfo zone)
    {
        for (var beyond = Beyond(instant, zone); beyond > 0; beyond = Beyond(instant, zone))
            instant = instant.AddTicks(TimeSpan.TicksPerHour - beyond);
        return instant;
    }

    public static bool IsBegin(DateTime instant, TimeZoneInfo zone) => Beyond(instant, zone) == 0;

    private static long Beyond(DateTime instant, TimeZoneInfo zone) =>
        (instant.Ticks + zone.GetUtcOffset(instant).Ticks) % TimeSpan.TicksPerHour;
}
