using Google.Protobuf.WellKnownTypes;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Times and spans as microseconds, the resolution of everything stored.</summary>
internal static class Micros
{
    public const long PerSecond = 1_000_000;
    private const int NanosPerMicro = 1000;

    /// <summary>The first moment of year 1.</summary>
    public const long EarliestTime = EarliestSecond * PerSecond;

    private const long EarliestSecond = -62_135_596_800;
    private const long LatestSecond = 253_402_300_799;
    private const long LongestDurationSeconds = 315_576_000_000;
    private const int LargestNanos = 999_999_999;

    /// <summary>Whether it is a time by the rules of its message type: years 1 to 9999, nanoseconds in range.</summary>
    public static bool IsValid(Timestamp time) =>
        time is { Seconds: >= EarliestSecond and <= LatestSecond, Nanos: >= 0 and <= LargestNanos };

    /// <summary>Whether it is a duration by the rules of its message type, and longer than nothing.</summary>
    public static bool IsValidAndPositive(Duration span) =>
        span is { Seconds: >= 0 and <= LongestDurationSeconds, Nanos: >= 0 and <= LargestNanos }
        && (span.Seconds > 0 || span.Nanos > 0);

    /// <summary>Since 1970; what is finer is cut off. The time must be valid.</summary>
    public static long Of(Timestamp time) => (time.Seconds * PerSecond) + (time.Nanos / NanosPerMicro);

    /// <summary>Since 1970.</summary>
    public static long Of(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>A span. It must be valid.</summary>
    public static long Of(Duration span) => (span.Seconds * PerSecond) + (span.Nanos / NanosPerMicro);
}
