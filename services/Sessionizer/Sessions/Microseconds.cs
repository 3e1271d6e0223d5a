using Google.Protobuf.WellKnownTypes;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Microseconds since 1970-01-01 UTC, or a span of them, to protobuf's times and back without loss.</summary>
internal static class Microseconds
{
    private const long PerSecond = 1_000_000;
    private const int NanosecondsPer = 1_000;

    public static Timestamp ToTimestamp(long microseconds)
    {
        var (seconds, rest) = Split(microseconds);
        return new Timestamp { Seconds = seconds, Nanos = rest * NanosecondsPer };
    }

    /// <summary>A span; not negative.</summary>
    public static Duration ToDuration(long microseconds)
    {
        var (seconds, rest) = Split(microseconds);
        return new Duration { Seconds = seconds, Nanos = rest * NanosecondsPer };
    }

    public static long From(Timestamp time) => (time.Seconds * PerSecond) + (time.Nanos / NanosecondsPer);

    public static long From(Duration span) => (span.Seconds * PerSecond) + (span.Nanos / NanosecondsPer);

    // Seconds round down, since nanoseconds of a Timestamp count forward even before 1970.
    private static (long Seconds, int Fraction) Split(long microseconds)
    {
        var seconds = Math.DivRem(microseconds, PerSecond, out var rest);
        return rest < 0 ? (seconds - 1, (int)(rest + PerSecond)) : (seconds, (int)rest);
    }
}
