namespace SessionPlatform.Funnel.Funnels.Attempts;

/// <summary>Prepares the events of an actor for a matcher.</summary>
internal static class ActorEvents
{
    private static readonly Comparison<MarkedEvent> InTime = static (one, other) =>
        (one.At, one.Session, one.Number).CompareTo((other.At, other.Session, other.Number));

    private static readonly Comparison<MarkedEvent> BySession = static (one, other) =>
        (one.Session, one.At, one.Number).CompareTo((other.Session, other.At, other.Number));

    /// <summary>
    /// Sorts events by time. Events at equal times keep their order within a session, and the order of the sessions.
    /// </summary>
    /// <param name="events">The events, grouped by session and ordered within each.</param>
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

    /// <summary>Sorts events by session, then by time.</summary>
    public static void Separate(Span<MarkedEvent> events) => events.Sort(BySession);

    /// <summary>Unmarks all but the first event of each first-time-only step.</summary>
    /// <param name="events">All events of a person, in order of time.</param>
    /// <param name="firstTimeOnly">Bit n is set when step n is a first-time-only step.</param>
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
