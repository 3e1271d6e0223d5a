namespace SessionPlatform.Sessionizer.Storage;

/// <summary>Between microseconds since 1970 (contract), DateTime (Npgsql) and back; exact.</summary>
internal static class Micros
{
    public static DateTime ToDateTime(long micros) =>
        DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    public static long FromDateTime(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
