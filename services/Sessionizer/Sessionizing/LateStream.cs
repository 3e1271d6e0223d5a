using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>
/// Places the late events of one stream with <see cref="StreamRefold"/>. What it has to read of the database it asks
/// for, one request at a time, so that <see cref="LateStreams"/> can answer the requests of many streams in one round
/// trip.
/// </summary>
internal sealed class LateStream(
    StreamId stream, RulesTimeline rules, SessionRecord newest, List<AcceptedEvent> newEvents)
{
    private readonly SessionView _view = new(stream, newest);
    private readonly List<AcceptedEvent> _placed = [];
    private List<AcceptedEvent> _remaining = newEvents;

    public StreamId Stream => stream;

    /// <summary>The new events, all of them, in order.</summary>
    public List<AcceptedEvent> NewEvents { get; } = newEvents;

    /// <summary>The answer to the latest request, if that asked for events.</summary>
    public List<AcceptedEvent> LoadedEvents { get; set; } = [];

    /// <summary>The answer to the latest request, if that asked for sessions.</summary>
    public List<SessionRecord> LoadedSessions { get; set; } = [];

    /// <summary>The sessions of the stream as they are once all is placed.</summary>
    public SessionView View => _view;

    /// <summary>Where the stream's newest session is once all is placed.</summary>
    public SessionAddress Newest => _view.IsComplete
        ? new(stream, _view.Last.Header.First.OccurredAt, _view.Last.Header.SessionId)
        : newest.Address;

    /// <summary>Places all new events. Every request has to be answered before the enumeration goes on.</summary>
    public IEnumerable<LateRequest> Place()
    {
        while (_remaining.Count > 0)
        {
            foreach (var request in PlaceSome())
                yield return request;
        }
    }

    // One round: from the session that holds or precedes the earliest event to where the walks meet again.
    private IEnumerable<LateRequest> PlaceSome()
    {
        var earliest = EventKey.Of(_remaining[0]);
        if (!_view.ReachesBackTo(earliest) && _placed.Count == 0)
        {
            do
            {
                var window = _view.WindowFrom(earliest);
                yield return new(window);
                _view.Replace(LoadedSessions, window.Amount);
            }
            while (_view.Count == 0);
        }

        while (!_view.ReachesTo(earliest))
        {
            var window = _view.WindowBeyond();
            yield return new(window);
            _view.Extend(LoadedSessions, window.Amount);
        }

        var startIndex = _view.IndexBefore(earliest);
        var start = startIndex < 0 ? null : _view[startIndex];
        var refold = start is null ? StreamRefold.FromBeginning(rules, _remaining)
            : earliest > start.Header.Last ? StreamRefold.Behind(start.Resume(rules), rules, _remaining)
            : StreamRefold.Within(start.Header, rules, _remaining);
        // Events of the start that are to be fed, and the first event of the session that follows, come in one request.
        var fedThrough = start is not null && earliest <= start.Header.Last ? start.Header : null;
        var nextIndex = startIndex + 1;
        while (true)
        {
            while (nextIndex == _view.Count && !_view.IsComplete)
            {
                var window = _view.WindowBeyond();
                yield return new(window);
                _view.Extend(LoadedSessions, window.Amount);
            }

            var next = nextIndex < _view.Count ? _view[nextIndex].Header : null;
            if (fedThrough is not null || next is not null)
            {
                yield return new(RangeOf(fedThrough, next));
                AddPlaced();
            }

            if (fedThrough is not null)
                refold.Feed(LoadedEvents.Where(e => IsWithin(EventKey.Of(e), fedThrough)).ToList());
            if (next is null)
            {
                refold.Finish();
                break;
            }

            if (refold.MeetsAt(next, LoadedEvents.Find(e => EventKey.Of(e) == next.First)!))
                break;
            fedThrough = next;
            nextIndex++;
        }

        _view.Apply(startIndex, nextIndex, refold);
        _placed.AddRange(_remaining.Take(refold.Consumed));
        _remaining = _remaining[refold.Consumed..];
    }

    private EventRange RangeOf(StoredSession? whole, StoredSession? firstEventOf) => new(
        stream,
        (whole ?? firstEventOf)!.First.OccurredAt,
        firstEventOf?.First.OccurredAt ?? whole!.Last.OccurredAt);

    // Events that an earlier round placed are not in the database yet.
    private void AddPlaced()
    {
        LoadedEvents.AddRange(_placed);
        LoadedEvents.Sort((a, b) => EventKey.Of(a).CompareTo(EventKey.Of(b)));
    }

    private static bool IsWithin(in EventKey key, StoredSession session) =>
        key >= session.First && key <= session.Last;
}

/// <summary>What a late stream has to read: sessions or events.</summary>
internal readonly record struct LateRequest(SessionWindow? Sessions, EventRange? Events)
{
    public LateRequest(SessionWindow sessions)
        : this(sessions, null)
    {
    }

    public LateRequest(EventRange events)
        : this(null, events)
    {
    }
}
