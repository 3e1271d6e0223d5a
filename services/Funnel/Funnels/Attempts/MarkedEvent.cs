namespace SessionPlatform.Funnel.Funnels.Attempts;

/// <summary>The steps and exclusions of a funnel that an event matches.</summary>
/// <param name="Steps">Bit n is set when the event matches step n, counted from 0.</param>
/// <param name="Exclusions">Bit n is set when the event matches exclusion n, counted from 0.</param>
internal readonly record struct Marks(uint Steps, uint Exclusions)
{
    public static Marks operator |(Marks one, Marks other) =>
        new(one.Steps | other.Steps, one.Exclusions | other.Exclusions);

    /// <summary>Marks a stage of the built-in funnel, counted from 1, and every stage before it.</summary>
    public static Marks UpTo(int stage) => new((1u << stage) - 1, 0);
}

/// <summary>An event of an actor that is relevant to a funnel.</summary>
/// <param name="At">The time of the event, in ticks, UTC.</param>
/// <param name="Session">The index of its session among those of the actor.</param>
/// <param name="Number">The index of the event in its session.</param>
/// <param name="Marks">The steps and exclusions that the event matches.</param>
/// <param name="NotFirst">A bit mask of first-time-only steps that an earlier event has matched already.</param>
/// <param name="Page">The path of a page view; null for other events, or when not requested.</param>
internal readonly record struct MarkedEvent(
    long At, int Session, int Number, Marks Marks, uint NotFirst, string? Page)
{
    /// <summary>Whether the event matches a step.</summary>
    public bool Matches(int step) => (Marks.Steps & (1u << step)) != 0;
}
