using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.FunnelReports.Attempts;

/// <summary>What an event is to a funnel.</summary>
/// <param name="Steps">Bit n: it matches step n, from 0.</param>
/// <param name="Exclusions">Bit n: it matches exclusion n, from 0.</param>
internal readonly record struct Marks(uint Steps, uint Exclusions)
{
    public static Marks operator |(Marks one, Marks other) =>
        new(one.Steps | other.Steps, one.Exclusions | other.Exclusions);

    /// <summary>Of the built-in funnel: whoever is at a stage has been at those before.</summary>
    public static Marks UpTo(EcommerceFunnel.Stage stage) => new((1u << (int)stage) - 1, 0);
}

/// <summary>An event of an actor, as far as a funnel looks at it.</summary>
/// <param name="At">In ticks, UTC.</param>
/// <param name="Session">Which of the actor's sessions it is in.</param>
/// <param name="Number">Which of the session's events it is.</param>
/// <param name="Marks">First-time-only steps are taken out of all but the very first of their events,</param>
/// <param name="NotFirst">and are here instead.</param>
/// <param name="Page">The path of a page view; null: it is none, or nobody asked.</param>
internal readonly record struct MarkedEvent(
    long At, int Session, int Number, Marks Marks, uint NotFirst, string? Page)
{
    public bool Matches(int step) => (Marks.Steps & (1u << step)) != 0;
}
