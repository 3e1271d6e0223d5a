using SessionPlatform.Contracts.Events.V1;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Walks a stream in order and cuts it into sessions.</summary>
internal static class StreamWalk
{
    /// <summary>
    /// Goes on with a stream. Start and end reasons and <c>IsNew</c> of all sessions in <paramref name="touched"/> are
    /// set, but for an end that only the clock can tell.
    /// </summary>
    /// <param name="current">The stream's newest session; null when the stream has none. It is changed.</param>
    /// <param name="events">Events behind all that the stream holds, in order, each once.</param>
    /// <param name="rules">The site's rules over time.</param>
    /// <param name="touched">Receives, in order, every session that changed: first <paramref name="current"/>, then
    /// new ones.</param>
    public static void Append(
        SessionAccumulator? current,
        IReadOnlyList<AcceptedEvent> events,
        RulesTimeline rules,
        List<SessionAccumulator> touched)
    {
        if (events.Count == 0)
            return;
        if (current is not null)
            touched.Add(current);
        // Not foreach: it would allocate an enumerator for every batch of a stream.
        for (var i = 0; i < events.Count; i++)
        {
            var key = EventKey.Of(events[i]);
            current = Step(current, events[i], key, rules, touched);
        }
    }

    /// <summary>Takes one event: into the current session, or into a new one that is added to the list.</summary>
    internal static SessionAccumulator Step(
        SessionAccumulator? current,
        AcceptedEvent e,
        in EventKey key,
        RulesTimeline rules,
        List<SessionAccumulator> sessions)
    {
        if (current is null)
            return Begin(e, key, BoundaryReason.FirstEvent, isNew: true, rules, sessions);
        var reason = SessionBoundary.Reason(current, e, key);
        if (reason != SessionBoundary.Continues)
        {
            current.EndReason = reason;
            return Begin(e, key, reason, isNew: false, rules, sessions);
        }

        current.Append(e, key);
        return current;
    }

    /// <summary>Begins a session with the event, for a reason found before.</summary>
    internal static SessionAccumulator Begin(
        AcceptedEvent e,
        in EventKey key,
        BoundaryReason reason,
        bool isNew,
        RulesTimeline rules,
        List<SessionAccumulator> sessions)
    {
        var session = new SessionAccumulator(rules.At(key.OccurredAt)) { StartReason = reason, IsNew = isNew };
        session.Append(e, key);
        sessions.Add(session);
        return session;
    }
}
