using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>
/// The fold of one session: takes its events in order and yields what is stored and published of it. Mutable, since it
/// runs for every event; in the steady state an event costs an entry of the journey and the timeline and nothing else.
/// Strings and messages of the events are kept by reference, so the events must not change afterwards.
/// </summary>
internal sealed class SessionAccumulator(SessionRules rules)
{
    private SessionJourney _journey = new();
    private SessionTimeline _timeline = new();
    private RevenueTotals _revenue = new();
    private FirstSeen _firstSeen = new();
    private string _userId = "";
    private string _bot = "";
    private bool _endsWithPageView;

    /// <summary>The rules that it lives by: those in force when it began.</summary>
    public SessionRules Rules => rules;

    /// <summary>The session's id, from its first event.</summary>
    public Guid SessionId { get; private set; }

    public string SiteId { get; private set; } = "";

    public string VisitorId { get; private set; } = "";

    /// <summary>The first event's place.</summary>
    public EventKey First { get; private set; }

    /// <summary>The last event's place.</summary>
    public EventKey Last { get; private set; }

    /// <summary>Events of every kind.</summary>
    public int Events { get; private set; }

    /// <summary>Events that are conversions by their kind or by a goal.</summary>
    public int Conversions { get; private set; }

    public int PageViews => _journey.PageViews;

    /// <summary>The first client session key seen; empty: none.</summary>
    public string SessionKey { get; private set; } = "";

    public bool HasSessionEnd { get; private set; }

    /// <summary>Where the visitor came from.</summary>
    public SessionEntry Entry { get; private set; } = new();

    /// <summary>Whether <see cref="Entry"/> is final: it is once the first page view is in.</summary>
    public bool IsEntrySettled => PageViews > 0;

    /// <summary>
    /// Whether anything but <see cref="Revision"/> and <see cref="Closed"/> changed since <see cref="FromState"/>;
    /// always for a new session.
    /// </summary>
    public bool IsChanged { get; private set; } = true;

    /// <summary>Why it began; set by the walk.</summary>
    public BoundaryReason StartReason
    {
        get;
        set
        {
            IsChanged |= field != value;
            field = value;
        }
    }

    /// <summary>
    /// Why it ended; null while it may go on. Set by the walk, and to TIMEOUT by whoever watches the clock.
    /// </summary>
    public BoundaryReason? EndReason
    {
        get;
        set
        {
            IsChanged |= field != value;
            field = value;
        }
    }

    /// <summary>Whether it is the first of its stream; set by the walk.</summary>
    public bool IsNew
    {
        get;
        set
        {
            IsChanged |= field != value;
            field = value;
        }
    }

    /// <summary>The store's; the fold leaves it alone.</summary>
    public int Revision { get; set; }

    /// <summary>The store's; the fold leaves it alone.</summary>
    public bool Closed { get; set; }

    public bool IsConverted => Conversions > 0;

    public bool IsBounced => PageViews == 1 && !IsConverted;

    public bool IsEngaged =>
        IsConverted
        || PageViews >= rules.EngagedPageViews
        || (Events > 1 && Last.OccurredAt - First.OccurredAt >= rules.EngagedDuration);

    /// <summary>Takes the stream's next event, which <see cref="SessionBoundary"/> found to belong here.</summary>
    public void Append(AcceptedEvent e, in EventKey key)
    {
        var sent = e.Event;
        if (Events == 0)
            Begin(e, key);
        else if (key <= Last)
            throw new InvalidOperationException("Events are folded in the order of their stream, each once.");

        var kind = EventKinds.Parse(sent.Kind);
        if (!IsEntrySettled)
            Entry.Consider(e, rules);
        if (kind == EventKind.PageView)
            _journey.AddPageView(e);
        if (sent.Engagement is { } engagement)
            _journey.AddEngagement(engagement);
        if (sent.Revenue is { } revenue)
            _revenue.Add(revenue);
        _firstSeen.Add(e);
        TakeIntoTimeline(e, kind);

        if (sent.UserId.Length > 0)
            _userId = sent.UserId;
        if (_bot.Length == 0)
            _bot = e.Bot;
        if (SessionKey.Length == 0)
            SessionKey = sent.SessionKey;
        HasSessionEnd |= kind == EventKind.SessionEnd;
        EndReason = HasSessionEnd && rules.ExplicitBoundaries ? BoundaryReason.Explicit : null;
        _endsWithPageView = kind == EventKind.PageView;
        Last = key;
        Events++;
        IsChanged = true;
    }

    /// <summary>The journey is full and was not loaded: what is written leaves it out, and it stays as stored.</summary>
    public bool OmitsJourney => _journey.IsOmitted;

    /// <summary>The timeline is full and was not loaded: what is written leaves it out, and it stays as stored.</summary>
    public bool OmitsTimeline => _timeline.IsOmitted;

    /// <summary>The session as it is published.</summary>
    public SessionDocument ToDocument()
    {
        var document = new SessionDocument { Session = ToSession() };
        _timeline.WriteTo(document.Timeline);
        return document;
    }

    /// <summary>All there is to know: <see cref="FromState"/> goes on from it as if there had been no break.</summary>
    public SessionState ToState() => new()
    {
        Document = ToDocument(),
        FirstSequence = First.Sequence,
        FirstEventId = First.EventIdBytes(),
        LastSequence = Last.Sequence,
        LastEventId = Last.EventIdBytes(),
        SessionKey = SessionKey,
        HasSessionEnd = HasSessionEnd,
        EntryFound = Entry.IsFound,
        PropertyBytes = _timeline.PropertyBytes,
    };

    /// <summary>Takes a stored session up again. Parts of the state are kept and must not change afterwards.</summary>
    public static SessionAccumulator FromState(SessionState state, SessionRules rules)
    {
        var session = state.Document.Session;
        return new SessionAccumulator(rules)
        {
            _journey = SessionJourney.From(session),
            _timeline = SessionTimeline.From(state.Document.Timeline, state.PropertyBytes),
            _revenue = RevenueTotals.From(session.Revenue),
            _firstSeen = FirstSeen.From(session.Device, session.Geo),
            _userId = session.UserId,
            _bot = session.Bot,
            // Beyond the kept steps nobody asks: their last one has ended already.
            _endsWithPageView = session.Journey.Count > 0 && session.Journey[^1].TimeOnPage is null,
            SessionId = Guid.ParseExact(session.SessionId, "D"),
            SiteId = session.SiteId,
            VisitorId = session.VisitorId,
            First = KeyOf(session.StartedAt, state.FirstSequence, state.FirstEventId),
            Last = KeyOf(session.EndedAt, state.LastSequence, state.LastEventId),
            Events = session.Events,
            Conversions = session.Conversions,
            SessionKey = state.SessionKey,
            HasSessionEnd = state.HasSessionEnd,
            Entry = SessionEntry.From(session.Attribution, state.EntryFound),
            StartReason = session.StartReason,
            EndReason = session.HasEndReason ? session.EndReason : null,
            IsNew = session.IsNew,
            Revision = session.Revision,
            Closed = session.Closed,
            IsChanged = false,
        };
    }

    private void Begin(AcceptedEvent e, in EventKey key)
    {
        SiteId = e.Event.SiteId;
        VisitorId = e.Event.VisitorId;
        SessionId = SessionIds.Of(SiteId, e.StreamKey, key.EventId);
        First = key;
    }

    // As which conversions an event counts is asked for only where it is kept.
    private void TakeIntoTimeline(AcceptedEvent e, EventKind kind)
    {
        var isConversion = false;
        if (_timeline.HasRoom)
        {
            var types = rules.ConversionTypes(kind, e);
            isConversion = types.Length > 0;
            _timeline.Add(e, types);
        }
        else
        {
            isConversion = rules.IsConversion(kind, e);
        }

        if (isConversion)
            Conversions++;
    }

    private static EventKey KeyOf(
        Google.Protobuf.WellKnownTypes.Timestamp time, long sequence, ByteString eventId) =>
        EventKey.Of(Microseconds.From(time), sequence, eventId);

    private Session ToSession()
    {
        var session = new Session
        {
            SessionId = SessionIds.Format(SessionId),
            SiteId = SiteId,
            VisitorId = VisitorId,
            StartedAt = Microseconds.ToTimestamp(First.OccurredAt),
            EndedAt = Microseconds.ToTimestamp(Last.OccurredAt),
            Events = Events,
            Bounced = IsBounced,
            Converted = IsConverted,
            Conversions = Conversions,
            Engaged = IsEngaged,
            IsNew = IsNew,
            StartReason = StartReason,
            Revision = Revision,
            Closed = Closed,
            Attribution = Entry.ToAttribution(_journey.EntryPage),
            Device = _firstSeen.CloneDevice(),
            Geo = _firstSeen.CloneGeo(),
        };
        if (Events > 1)
            session.Duration = Microseconds.ToDuration(Last.OccurredAt - First.OccurredAt);
        if (EndReason is { } endReason)
            session.EndReason = endReason;
        if (_userId.Length > 0)
            session.UserId = _userId;
        if (_bot.Length > 0)
            session.Bot = _bot;
        _journey.WriteTo(session, Last.OccurredAt, _endsWithPageView);
        _revenue.WriteTo(session.Revenue);
        return session;
    }
}
