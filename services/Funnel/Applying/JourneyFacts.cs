using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Periods;

namespace SessionPlatform.Funnel.Applying;

/// <summary>The page views of a session, one array entry per step; times are in microseconds.</summary>
/// <param name="Pages">The paths; null when there are no page views.</param>
/// <param name="Categories">The page categories; null when no step has one.</param>
/// <param name="Offsets">The time since the start of the session.</param>
/// <param name="TimesOnPage">The time on each page; an entry is null when it is unknown.</param>
/// <param name="ScrollDepths">The scroll depths in percent; null when no step has one.</param>
/// <param name="LoadTimes">The load times in milliseconds; null when no step has one.</param>
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
