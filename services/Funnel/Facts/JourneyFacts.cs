using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Facts;

/// <summary>The page views of a session, step by step; times in microseconds.</summary>
/// <param name="Pages">Paths; null: no page views.</param>
/// <param name="Categories">Null: no step has one.</param>
/// <param name="Offsets">Since the session's start.</param>
/// <param name="TimesOnPage">Null at steps of which it is not known.</param>
/// <param name="ScrollDepths">Null: no step has one.</param>
/// <param name="LoadTimes">Null: no step has one.</param>
internal sealed record JourneyFacts(
    string[]? Pages,
    string[]? Categories,
    long?[]? Offsets,
    long?[]? TimesOnPage,
    double?[]? ScrollDepths,
    double?[]? LoadTimes)
{
    public static JourneyFacts None { get; } = new(null, null, null, null, null, null);

    public long TimeOnPage => TimesOnPage?.Sum() ?? 0;

    public int TimedPages => TimesOnPage?.Count(time => time is not null) ?? 0;

    public double ScrollDepth => ScrollDepths?.Sum() ?? 0;

    public int ScrolledPages => ScrollDepths?.Count(depth => depth is not null) ?? 0;

    public static JourneyFacts Of(Session session)
    {
        if (session.Journey.Count == 0)
            return None;
        JourneyStep[] steps = [.. session.Journey];
        var startedAt = Micros.Of(session.StartedAt);
        return new JourneyFacts(
            Array.ConvertAll(steps, step => step.Path),
            steps.Any(step => step.Category.Length > 0) ? Array.ConvertAll(steps, step => step.Category) : null,
            Array.ConvertAll(steps, step => step.At is { } at ? Micros.Of(at) - startedAt : (long?)null),
            Array.ConvertAll(steps, step => step.TimeOnPage is { } time ? Micros.Of(time) : (long?)null),
            AnyOf(Array.ConvertAll(
                steps, step => step.HasScrollDepthPercent ? step.ScrollDepthPercent : (double?)null)),
            AnyOf(Array.ConvertAll(steps, step => step.HasLoadTimeMs ? step.LoadTimeMs : (double?)null)));
    }

    private static double?[]? AnyOf(double?[] values) =>
        Array.Exists(values, value => value is not null) ? values : null;
}

/// <summary>Times as whole microseconds, as PostgreSQL counts them.</summary>
internal static class Micros
{
    private const long PerSecond = 1_000_000;
    private const int NanosecondsEach = 1_000;

    /// <summary>Since 1970.</summary>
    public static long Of(Timestamp time) => (time.Seconds * PerSecond) + (time.Nanos / NanosecondsEach);

    public static long Of(Duration duration) => (duration.Seconds * PerSecond) + (duration.Nanos / NanosecondsEach);
}
