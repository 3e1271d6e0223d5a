using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>
/// Consecutive sessions of a stream in order, as they are stored, and as the late events of a batch change them.
/// </summary>
internal sealed class SessionView
{
    private const int FirstAmount = 16;
    private const int MostAmount = 1 << 20;

    private readonly StreamId _stream;
    private readonly Dictionary<Guid, SessionRecord> _stored = [];
    private List<ViewedSession> _sessions;
    private int _amount = FirstAmount;

    /// <summary>Begins with the stream's newest session.</summary>
    public SessionView(StreamId stream, SessionRecord newest)
    {
        _stream = stream;
        _stored.Add(newest.Address.SessionId, newest);
        _sessions = [new(newest)];
        IsComplete = true;
    }

    public int Count => _sessions.Count;

    /// <summary>Whether the last session in view is the stream's newest.</summary>
    public bool IsComplete { get; private set; }

    public ViewedSession this[int index] => _sessions[index];

    /// <summary>The last session in view.</summary>
    public ViewedSession Last => _sessions[^1];

    /// <summary>Whether the session that holds or precedes this place is in view, or behind it.</summary>
    public bool ReachesBackTo(in EventKey place) => _sessions[0].Header.First < place;

    /// <summary>Whether the session that holds or precedes this place is in view, or before it.</summary>
    public bool ReachesTo(in EventKey place) => IsComplete || _sessions[^1].Header.First > place;

    /// <summary>The index of the last session that begins before this place; -1: all begin behind it.</summary>
    public int IndexBefore(EventKey place) => _sessions.FindLastIndex(s => s.Header.First < place);

    /// <summary>What to load so that the view reaches a place.</summary>
    public SessionWindow WindowFrom(in EventKey place) => new(_stream, place.OccurredAt, _amount);

    /// <summary>What to load to see further.</summary>
    public SessionWindow WindowBeyond()
    {
        Widen();
        return new(_stream, _sessions[^1].Header.First.OccurredAt + 1, _amount);
    }

    /// <summary>Looks at these sessions only. None is left in view when the window has to be wider.</summary>
    public void Replace(List<SessionRecord> loaded, int amount)
    {
        _sessions = [];
        _stored.Clear();
        Extend(loaded, amount);
        Widen();
    }

    /// <summary>Looks at these, too, as far as they were not in view before.</summary>
    public void Extend(List<SessionRecord> loaded, int amount)
    {
        IsComplete = loaded.Count < amount;
        var added = loaded.Where(r => !_stored.ContainsKey(r.Address.SessionId)).ToList();
        // Sessions that begin at one time are loaded in no certain order, so the limit may have cut between them.
        if (!IsComplete)
            added.RemoveAll(r => r.Address.StartedAt == loaded[^1].Address.StartedAt);
        foreach (var record in added)
            _stored[record.Address.SessionId] = record;
        _sessions.AddRange(added.Select(r => new ViewedSession(r)).OrderBy(s => s.Header.First));
    }

    private void Widen() => _amount = Math.Min(_amount * 2, MostAmount);

    /// <summary>Takes over what became of the sessions from one index up to, and without, another.</summary>
    public void Apply(int start, int end, StreamRefold refold)
    {
        var from = Math.Max(start, 0);
        if (refold.Patch is { } patch)
            _sessions[end].Patch(patch);
        _sessions.RemoveRange(from, end - from);
        _sessions.InsertRange(
            from, refold.Sessions.Select(s => new ViewedSession(s, _stored.GetValueOrDefault(s.SessionId))));
    }

    /// <summary>The sessions that differ from what is stored.</summary>
    public IEnumerable<SessionRow> Changed(RulesTimeline rules)
    {
        foreach (var session in _sessions.Where(s => s.IsTouched))
        {
            var row = new SessionRow(_stream, session.Resume(rules), session.Record);
            if (session.Record is null || !session.Record.IsSameAs(row))
                yield return row;
        }
    }

    /// <summary>The stored sessions that are no more.</summary>
    public IEnumerable<SessionRecord> Retracted()
    {
        var present = _sessions.Select(s => s.Header.SessionId).ToHashSet();
        return _stored.Values.Where(r => !present.Contains(r.Address.SessionId));
    }

    /// <summary>The session that holds a place; it must be in view.</summary>
    public ViewedSession Holding(EventKey place) => _sessions.FindLast(s => s.Header.First <= place)!;
}

/// <summary>A session in view: stored, folded anew, or stored and patched.</summary>
internal sealed class ViewedSession
{
    private readonly SessionAccumulator? _folded;

    public ViewedSession(SessionRecord record)
    {
        Record = record;
        Header = record.ToHeader();
    }

    public ViewedSession(SessionAccumulator folded, SessionRecord? record)
    {
        _folded = folded;
        Record = record;
        IsTouched = true;
        Header = new(folded.SessionId, folded.First, folded.Last, folded.StartReason, folded.IsNew);
    }

    /// <summary>The session as it is stored; null: it is new.</summary>
    public SessionRecord? Record { get; }

    public StoredSession Header { get; private set; }

    /// <summary>Whether it may differ from what is stored.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>Another session comes before it now.</summary>
    public void Patch(StoredSessionPatch patch)
    {
        Header = Header with { StartReason = patch.StartReason, IsNew = patch.IsNew };
        IsTouched = true;
    }

    /// <summary>Its fold.</summary>
    public SessionAccumulator Resume(RulesTimeline rules)
    {
        var folded = _folded ?? Record!.Resume(rules);
        folded.StartReason = Header.StartReason;
        folded.IsNew = Header.IsNew;
        return folded;
    }
}
