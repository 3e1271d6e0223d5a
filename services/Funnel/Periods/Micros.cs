using Google.Protobuf.WellKnownTypes;

namespace SessionPlatform.Funnel.Periods;

/// <summary>Converts times to whole microseconds, the resolution of PostgreSQL.</summary>
internal static class Micros
{
    private const long PerSecond = 1_000_000;
    private const int NanosecondsEach = 1_000;

    /// <summary>Returns the microseconds since 1970-01-01 UTC.</summary>
    public static long Of(Timestamp time) => (time.Seconds * PerSecond) + (time.Nanos / NanosecondsEach);

    /// <summary>Returns the microseconds of a duration.</summary>
    public static long Of(Duration duration) => (duration.Seconds * PerSecond) + (duration.Nanos / NanosecondsEach);
}
