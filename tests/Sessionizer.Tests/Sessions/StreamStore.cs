using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>
/// One stream in memory, driven as the database drives it: sessions are kept as bytes only, events by their place, and
/// what is not asked for is not read.
/// </summary>
internal sealed class StreamStore(RulesTimeline rules, int chunkSize = 3)
{
    private readonly RulesTimeline _rules = rules;
    private readonly SortedList<EventKey, AcceptedEvent> _events = [];
    private readonly HashSet<ByteString> _eventIds = [];
    private readonly SortedList<EventKey, (StoredSession Header, byte[] State)> _sessions = [];
    private readonly Dictionary<Guid, int> _retracted = [];

    public StreamStore()
        : this(new SiteRules())
    {
    }

    public StreamStore(SiteRules siteRules)
        : this(new RulesTimeline(SessionRules.From(SiteRulesDefaults.Complete(siteRules))))
    {
    }

    /// <summary>Events read back to be folded anew.</summary>
    public int EventsReloaded { get; private set; }

    /// <summary>Every revision written, retractions included, in order.</summary>
    public List<(Guid SessionId, int Revision)> Revisions { get; } = [];

    public IReadOnlyDictionary<Guid, int> Retracted => _retracted;

    public IReadOnlyList<SessionDocument> Documents => [.. States.Select(state => state.Document)];

    public IReadOnlyList<Session> Sessions => [.. Documents.Select(document => document.Session)];

    private IEnumerable<SessionState> States => _sessions.Values.Select(stored => Parse(stored.State));

    /// <summary>Takes one batch, in order of arrival.</summary>
    public void Apply(params IEnumerable<AcceptedEvent> arrivals)
    {
        var batch = arrivals.Where(e => _eventIds.Add(e.EventId)).OrderBy(EventKey.Of).ToList();
        if (batch.Count == 0)
            return;
        if (_sessions.Count == 0 || EventKey.Of(batch[0]) > Header(_sessions.Count - 1).Last)
            Append(batch);
        else
            Refold(batch);
        foreach (var e in batch)
            _events.Add(EventKey.Of(e), e);
    }

    /// <summary>Announces what is over at a time in microseconds.</summary>
    public void Close(long now)
    {
        for (var i = 0; i < _sessions.Count; i++)
        {
            var session = Load(i);
            if (session.Closed || now - session.Rules.Timeout <= session.Last.OccurredAt)
                continue;
            session.EndReason ??= BoundaryReason.Timeout;
            Write(session, closed: true);
        }
    }

    private void Append(List<AcceptedEvent> batch)
    {
        var touched = new List<SessionAccumulator>();
        StreamWalk.Append(_sessions.Count == 0 ? null : Load(_sessions.Count - 1), batch, _rules, touched);
        foreach (var session in touched)
            Write(session, closed: false);
    }

    private void Refold(List<AcceptedEvent> newEvents)
    {
        while (newEvents.Count > 0)
        {
            var earliest = EventKey.Of(newEvents[0]);
            var start = _sessions.Keys.Count(first => first < earliest) - 1;
            var refold = Begin(start, earliest, newEvents);
            var next = start + 1;
            for (; next < _sessions.Count; next++)
            {
                var stored = Header(next);
                if (refold.MeetsAt(stored, Read(stored).First()))
                    break;
                Feed(refold, stored);
            }

            if (next == _sessions.Count)
                refold.Finish();
            Save(refold);
            newEvents = newEvents[refold.Consumed..];
        }
    }

    private StreamRefold Begin(int start, EventKey earliest, List<AcceptedEvent> newEvents)
    {
        if (start < 0)
            return StreamRefold.FromBeginning(_rules, newEvents);
        var stored = Header(start);
        if (earliest > stored.Last)
            return StreamRefold.Behind(Load(start), _rules, newEvents);
        var refold = StreamRefold.Within(stored, _rules, newEvents);
        Feed(refold, stored);
        return refold;
    }

    private void Feed(StreamRefold refold, StoredSession stored)
    {
        foreach (var chunk in Read(stored).Chunk(chunkSize))
        {
            EventsReloaded += chunk.Length;
            refold.Feed(chunk);
        }
    }

    private void Save(StreamRefold refold)
    {
        foreach (var id in refold.Retracted)
        {
            var at = IndexOf(id);
            _retracted[id] = Load(at).Revision + 1;
            Revisions.Add((id, _retracted[id]));
            _sessions.RemoveAt(at);
        }

        foreach (var session in refold.Sessions.Where(session => session.IsChanged))
            Write(session, closed: false);
        if (refold.Patch is { } patch)
        {
            var session = Load(IndexOf(patch.SessionId));
            (session.StartReason, session.IsNew) = (patch.StartReason, patch.IsNew);
            Write(session, closed: false);
        }
    }

    private void Write(SessionAccumulator session, bool closed)
    {
        var at = _sessions.IndexOfKey(session.First);
        var before = at >= 0 ? Load(at).Revision : _retracted.GetValueOrDefault(session.SessionId);
        _retracted.Remove(session.SessionId);
        (session.Revision, session.Closed) = (before + 1, closed);
        Revisions.Add((session.SessionId, session.Revision));
        var header = new StoredSession(
            session.SessionId, session.First, session.Last, session.StartReason, session.IsNew);
        _sessions[session.First] = (header, session.ToState().ToByteArray());
    }

    private IEnumerable<AcceptedEvent> Read(StoredSession stored) => _events
        .SkipWhile(e => e.Key < stored.First)
        .TakeWhile(e => e.Key <= stored.Last)
        .Select(e => e.Value);

    private StoredSession Header(int index) => _sessions.GetValueAtIndex(index).Header;

    private SessionAccumulator Load(int index) =>
        SessionAccumulator.FromState(Parse(_sessions.GetValueAtIndex(index).State), _rules.At(Header(index).First.OccurredAt));

    private int IndexOf(Guid sessionId) =>
        Enumerable.Range(0, _sessions.Count).First(index => Header(index).SessionId == sessionId);

    private static SessionState Parse(byte[] state) => SessionState.Parser.ParseFrom(state);
}
