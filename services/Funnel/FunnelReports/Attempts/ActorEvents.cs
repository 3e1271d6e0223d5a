namespace SessionPlatform.Funnel.FunnelReports.Attempts;

/// <summary>What is done with the events of an actor before an attempt is looked for. Pure.</summary>
internal static class ActorEvents
{
    private static readonly Comparison<MarkedEvent> InTime = static (one, other) =>
        (one.At, one.Session, one.Number).CompareTo((other.At, other.Session, other.Number));

    private static readonly Comparison<MarkedEvent> BySession = static (one, other) =>
        (one.Session, one.At, one.Number).CompareTo((other.Session, other.At, other.Number));

    /// <summary>
    /// Puts events in order of time; what is at the same time keeps its order, of sessions that of their begin.
    /// </summary>
    /// <param name="events">Session by session, each in its own order.</param>
    public static void Order(Span<MarkedEvent> events)
    {
        for (var index = 1; index < events.Length; index++)
        {
            if (events[index].At < events[index - 1].At)
            {
                events.Sort(InTime);
                return;
            }
        }
    }

    /// <summary>Puts events session by session, those of each in order of time.</summary>
    public static void Separate(Span<MarkedEvent> events) => events.Sort(BySession);

    /// <summary>Leaves only the first event of each step that is taken by the very first one.</summary>
    /// <param name="events">All of a person, in order of time.</param>
    /// <param name="firstTimeOnly">Bit n: step n is such a one.</param>
    public static void KeepFirst(Span<MarkedEvent> events, uint firstTimeOnly)
    {
        var seen = 0u;
        foreach (ref var happened in events)
        {
            var again = happened.Marks.Steps & firstTimeOnly & seen;
            seen |= happened.Marks.Steps;
            happened = happened with
            {
                Marks = happened.Marks with { Steps = happened.Marks.Steps & ~again },
                NotFirst = again,
            };
        }
    }
}
