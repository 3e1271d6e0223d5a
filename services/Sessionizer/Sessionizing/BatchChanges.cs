using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;
using static SessionPlatform.Contracts.Sessions.V1.SessionRevision.Types;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>What a batch changes in the database.</summary>
/// <param name="now">When, in microseconds since 1970; for the history of sessions.</param>
internal sealed class BatchChanges(long now)
{
    private readonly List<(SessionAddress Newest, EventIdFilter Filter)> _streams = [];

    /// <summary>Events that are stored.</summary>
    public List<AcceptedEvent> Events { get; } = [];

    /// <summary>Sessions that are new or different.</summary>
    public List<SessionRow> Sessions { get; } = [];

    /// <summary>Sessions that are no more.</summary>
    public List<SessionRecord> Retracted { get; } = [];

    /// <summary>Ids to take up in the table of ids.</summary>
    public List<(StreamId Stream, Guid EventId)> TableIds { get; } = [];

    /// <summary>Streams whose ids are to be taken up in the table of ids, all of them.</summary>
    public List<StreamId> TableStreams { get; } = [];

    /// <summary>What arrived.</summary>
    public Arrivals Arrivals { get; } = new();

    /// <summary>Events that cannot be sessionized.</summary>
    public List<RejectedEvent> Rejects { get; } = [];

    /// <summary>How many streams got late events.</summary>
    public int LateStreams { get; private set; }

    /// <summary>Takes over the events of a stream; they are in order and not stored yet.</summary>
    public EventIdFilter AddEvents(StreamId stream, List<AcceptedEvent> added, EventIdFilter filter)
    {
        Events.AddRange(added);
        var ids = added.ConvertAll(EventGuard.IdOf);
        var with = filter.With(ids);
        if (filter.IdsInTable)
            TableIds.AddRange(ids.Select(id => (stream, id)));
        else if (with.IdsInTable)
            TableStreams.Add(stream);
        return with;
    }

    /// <summary>Takes over the sessions that newest events changed.</summary>
    /// <param name="stream">Their stream.</param>
    /// <param name="touched">In order; the first is <paramref name="newest"/>'s, if there is one.</param>
    /// <param name="newest">What is stored of the newest session.</param>
    /// <param name="added">The events, in order.</param>
    /// <param name="filter">The stream's events, these included.</param>
    public void Add(
        StreamId stream,
        List<SessionAccumulator> touched,
        SessionRecord? newest,
        List<AcceptedEvent> added,
        EventIdFilter filter)
    {
        foreach (var session in touched)
        {
            var row = new SessionRow(stream, session, session.SessionId == newest?.Address.SessionId ? newest : null);
            if (row.Record is { Closed: true })
                Arrivals.Of(stream.SiteId).Reopened++;
            Sessions.Add(row.Because(Entry(Cause.NewerEvents, EventsIn(session, added))));
        }

        var last = touched[^1];
        _streams.Add((new(stream, last.First.OccurredAt, last.SessionId), filter));
    }

    /// <summary>Takes over what late events changed.</summary>
    public void Add(LateStream late, RulesTimeline rules, EventIdFilter filter)
    {
        LateStreams++;
        var outcome = LateOutcome.Of(late, rules);
        outcome.CountInto(Arrivals.Of(late.Stream.SiteId));
        foreach (var row in outcome.Changed)
        {
            var newEvents = EventsIn(row.Folded, late.NewEvents);
            var retracted = outcome.RetractedInto(row);
            var entry = Entry(
                newEvents > 0 || retracted.Count > 0 || row.Record is null ? Cause.LateEvents : Cause.Neighbour,
                newEvents);
            entry.Retracted.AddRange(retracted.Select(SessionIds.Bytes));
            Sessions.Add(row.Because(entry));
        }

        Retracted.AddRange(outcome.Retracted);
        _streams.Add((late.Newest, filter));
    }

    /// <summary>What goes into the history of a session of which only its place among others changes.</summary>
    public HistoryEntry Neighbour() => Entry(Cause.Neighbour, 0);

    /// <summary>What goes into the history of a session that is retracted.</summary>
    public HistoryEntry Retraction() => new()
    {
        Cause = Cause.LateEvents, Revisions = 1, At = now, IsRetraction = true,
    };

    /// <summary>What the rows of the streams have to say afterwards.</summary>
    public List<StreamUpdate> StreamUpdates()
    {
        var open = new Dictionary<StreamId, OpenSessions>();
        foreach (var row in Sessions)
        {
            var (from, until) = (Micros.ToDateTime(row.Address.StartedAt), Micros.ToDateTime(row.OverAt));
            open[row.Stream] = open.TryGetValue(row.Stream, out var others)
                ? new(others.From < from ? others.From : from, others.Until < until ? others.Until : until)
                : new(from, until);
        }

        return _streams.ConvertAll(stream => new StreamUpdate(
            stream.Newest, open.GetValueOrDefault(stream.Newest.Stream), stream.Filter));
    }

    private HistoryEntry Entry(Cause cause, int newEvents) =>
        new() { Cause = cause, Revisions = 1, At = now, NewEvents = newEvents };

    // How many of these events, which are in order, lie in the session.
    private static int EventsIn(SessionAccumulator session, List<AcceptedEvent> ordered) =>
        FirstFrom(ordered, session.Last, orAt: false) - FirstFrom(ordered, session.First, orAt: true);

    private static int FirstFrom(List<AcceptedEvent> ordered, EventKey place, bool orAt)
    {
        var (from, to) = (0, ordered.Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            var order = EventKey.Of(ordered[middle]).CompareTo(place);
            if (order > 0 || (order == 0 && orAt))
                to = middle;
            else
                from = middle + 1;
        }

        return from;
    }
}
