using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>
/// Puts late events where their time belongs. Walks one affected range of a stream anew: from the stored session that
/// holds or precedes the earliest new event to the first stored session that begins where the walk begins one too.
/// Everything from there on is as it was, since a session depends on nothing before its first event but for its start
/// reason and for being the stream's first; so the cost is that of the sessions touched, however long the history.
/// <para>The caller loads and drives; stored events may come in chunks of any size:</para>
/// <code>
/// while (there are new events left)
///     start  := the last stored session with First &lt; the earliest new event; none: null
///     refold := start is null                          ? FromBeginning(rules, new events)
///             : earliest new event &gt; start.Last        ? Behind(accumulator of start, rules, new events)
///             : Within(start, rules, new events), then Feed(all events of start)
///     for each stored session `next` after start, in order
///         if refold.MeetsAt(next, its first event) break
///         Feed(all events of next)
///     if no session met: Finish()
///     store refold.Sessions, retract refold.Retracted, apply refold.Patch
///     new events := those from refold.Consumed on
/// </code>
/// <para>
/// New events that lie behind the session where the walks met are left for the next round, so that two late events a
/// year apart do not cost the year between them. The result must be stored (or kept in view) before the next round,
/// which may start at a session that this one wrote or patched.
/// </para>
/// </summary>
internal sealed class StreamRefold
{
    private readonly RulesTimeline _rules;
    private readonly IReadOnlyList<AcceptedEvent> _newEvents;
    private readonly StoredSession? _start;
    private readonly List<SessionAccumulator> _sessions = [];
    private readonly List<Guid> _retracted = [];
    private SessionAccumulator? _current;

    private StreamRefold(RulesTimeline rules, IReadOnlyList<AcceptedEvent> newEvents, StoredSession? start)
    {
        if (newEvents.Count == 0)
            throw new ArgumentException("Without new events there is nothing to walk anew.", nameof(newEvents));
        _rules = rules;
        _newEvents = newEvents;
        _start = start;
    }

    /// <summary>The sessions of the range as they are now, in order. Ids may be those of stored ones.</summary>
    public IReadOnlyList<SessionAccumulator> Sessions => _sessions;

    /// <summary>Stored sessions that are no more.</summary>
    public IReadOnlyList<Guid> Retracted => _retracted;

    /// <summary>What changes in the session where the walks met; null: nothing.</summary>
    public StoredSessionPatch? Patch { get; private set; }

    /// <summary>How many of the new events were placed, from the earliest.</summary>
    public int Consumed { get; private set; }

    /// <summary>The earliest new event lies before all stored ones.</summary>
    /// <param name="rules">The site's rules over time.</param>
    /// <param name="newEvents">Events the stream does not hold yet, in order, each once; at least one.</param>
    public static StreamRefold FromBeginning(RulesTimeline rules, IReadOnlyList<AcceptedEvent> newEvents) =>
        new(rules, newEvents, start: null);

    /// <summary>The earliest new event lies inside a stored session, whose events are to be fed first.</summary>
    /// <param name="start">That session.</param>
    /// <param name="rules">The site's rules over time.</param>
    /// <param name="newEvents">Events the stream does not hold yet, in order, each once; at least one.</param>
    public static StreamRefold Within(
        StoredSession start, RulesTimeline rules, IReadOnlyList<AcceptedEvent> newEvents) =>
        new(rules, newEvents, start);

    /// <summary>The earliest new event lies behind a stored session and before the next, if there is one.</summary>
    /// <param name="preceding">That session; it is not to be fed. It is changed.</param>
    /// <param name="rules">The site's rules over time.</param>
    /// <param name="newEvents">Events the stream does not hold yet, in order, each once; at least one.</param>
    public static StreamRefold Behind(
        SessionAccumulator preceding, RulesTimeline rules, IReadOnlyList<AcceptedEvent> newEvents)
    {
        var refold = new StreamRefold(rules, newEvents, start: null) { _current = preceding };
        refold._sessions.Add(preceding);
        return refold;
    }

    /// <summary>Takes the next stored events of the range, in order; new ones are put between them.</summary>
    public void Feed(IReadOnlyList<AcceptedEvent> stored)
    {
        for (var i = 0; i < stored.Count; i++)
        {
            var key = EventKey.Of(stored[i]);
            PlaceNewEventsBefore(key);
            Step(stored[i], key);
        }
    }

    /// <summary>
    /// Whether the walk is done because it begins a session where this stored one begins. If not, the stored session is
    /// retracted and its events, this first one included, are to be fed.
    /// </summary>
    /// <param name="next">The stored session after those fed so far.</param>
    /// <param name="first">Its first event.</param>
    public bool MeetsAt(StoredSession next, AcceptedEvent first)
    {
        PlaceNewEventsBefore(next.First);
        var current = _current
            ?? throw new InvalidOperationException("The range starts before this session; feed its start first.");
        var reason = SessionBoundary.Reason(current, first, next.First);
        if (reason == SessionBoundary.Continues)
        {
            _retracted.Add(next.SessionId);
            return false;
        }

        current.EndReason = reason;
        if (next.StartReason != reason || next.IsNew)
            Patch = new StoredSessionPatch(next.SessionId, reason, IsNew: false);
        return true;
    }

    /// <summary>No stored session follows: places the rest of the new events.</summary>
    public void Finish()
    {
        while (Consumed < _newEvents.Count)
            PlaceNewEvent(EventKey.Of(_newEvents[Consumed]));
    }

    private void PlaceNewEventsBefore(in EventKey limit)
    {
        while (Consumed < _newEvents.Count)
        {
            var key = EventKey.Of(_newEvents[Consumed]);
            if (key > limit)
                return;
            PlaceNewEvent(key);
        }
    }

    private void PlaceNewEvent(in EventKey key)
    {
        Step(_newEvents[Consumed], key);
        Consumed++;
    }

    // The start session's first event stays its first, and what lies before it stays: so do its reason and IsNew.
    private void Step(AcceptedEvent e, in EventKey key) =>
        _current = _current is null && _start is not null
            ? StreamWalk.Begin(e, key, _start.StartReason, _start.IsNew, _rules, _sessions)
            : StreamWalk.Step(_current, e, key, _rules, _sessions);
}
