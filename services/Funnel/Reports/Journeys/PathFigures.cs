using Google.Protobuf.WellKnownTypes;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>What is counted of the sessions that took a path.</summary>
internal struct PathFigures
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long NanosecondsPerMicrosecond = 1_000;

    private int converted;
    private long microseconds;

    public int Sessions { get; private set; }

    public readonly double ConversionRate => (double)converted / Sessions;

    public readonly Duration AverageTime => new()
    {
        Seconds = microseconds / Sessions / MicrosecondsPerSecond,
        Nanos = (int)((microseconds / Sessions % MicrosecondsPerSecond * NanosecondsPerMicrosecond)
            + (microseconds % Sessions * NanosecondsPerMicrosecond / Sessions)),
    };

    /// <param name="microseconds">From its first step to its last.</param>
    public void Add(JourneySession session, long microseconds)
    {
        Sessions++;
        converted += session.Converted ? 1 : 0;
        this.microseconds += microseconds;
    }

    /// <summary>Of both together.</summary>
    public readonly PathFigures Plus(PathFigures other) => new()
    {
        Sessions = Sessions + other.Sessions,
        converted = converted + other.converted,
        microseconds = microseconds + other.microseconds,
    };
}
