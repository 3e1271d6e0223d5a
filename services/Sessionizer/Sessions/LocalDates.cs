namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Dates of a time zone.</summary>
internal sealed class LocalDates(TimeZoneInfo zone)
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    /// <summary>The local date of a time in microseconds since 1970, as a number of days.</summary>
    public long DayOf(long microseconds)
    {
        var utc = DateTime.UnixEpoch.AddTicks(microseconds * TicksPerMicrosecond);
        var localTicks = utc.Ticks + zone.GetUtcOffset(utc).Ticks;
        // West of Greenwich the calendar begins on the day before its first.
        return localTicks >= 0 ? localTicks / TimeSpan.TicksPerDay : -1;
    }
}
