using Google.Protobuf.WellKnownTypes;

namespace SessionPlatform.Rules;

/// <summary>
/// Converts between microseconds, the resolution of everything stored, and the times of protobuf and .NET. A time
/// counts from 1970-01-01 UTC and may be negative. Whatever is finer than a microsecond is cut off.
/// </summary>
public static class Microseconds
{
    public const long PerSecond = 1_000_000;

    private const int NanosecondsEach = 1_000;

    /// <summary>Returns a time in microseconds since 1970. The time must be valid by the rules of its type.</summary>
    public static long From(Timestamp time) => (time.Seconds * PerSecond) + (time.Nanos / NanosecondsEach);

    /// <summary>Returns a span in microseconds. The span must be valid by the rules of its type.</summary>
    public static long From(Duration span) => (span.Seconds * PerSecond) + (span.Nanos / NanosecondsEach);

    /// <summary>Returns a time in microseconds since 1970.</summary>
    public static long From(DateTimeOffset time) => From(time.UtcDateTime);

    /// <summary>Returns a UTC time in microseconds since 1970.</summary>
    public static long From(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Returns a span in microseconds.</summary>
    public static long From(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Returns the time that is this many microseconds after 1970.</summary>
    public static Timestamp ToTimestamp(long microseconds)
    {
        // Seconds round down, since the nanoseconds of a Timestamp count forward even before 1970.
        var seconds = Math.DivRem(microseconds, PerSecond, out var rest);
        return rest < 0
            ? new Timestamp { Seconds = seconds - 1, Nanos = (int)(rest + PerSecond) * NanosecondsEach }
            : new Timestamp { Seconds = seconds, Nanos = (int)rest * NanosecondsEach };
    }

    /// <summary>Returns a span of this many microseconds, which is not negative.</summary>
    public static Duration ToDuration(long microseconds)
    {
        var seconds = Math.DivRem(microseconds, PerSecond, out var rest);
        return new Duration { Seconds = seconds, Nanos = (int)rest * NanosecondsEach };
    }

    /// <summary>Returns the UTC time that is this many microseconds after 1970.</summary>
    public static DateTime ToDateTime(long microseconds) =>
        DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>Returns a span of this many microseconds.</summary>
    public static TimeSpan ToTimeSpan(long microseconds) => new(microseconds * TimeSpan.TicksPerMicrosecond);
}
