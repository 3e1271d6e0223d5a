using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>What a batch changes in the database.</summary>
internal sealed class BatchChanges
{
    private readonly Dictionary<StreamId, SessionAddress> _newest = [];

    /// <summary>Events that are stored.</summary>
    public List<AcceptedEvent> Events { get; } = [];

    /// <summary>Sessions that are new or different.</summary>
    public List<SessionRow> Sessions { get; } = [];

    /// <summary>Sessions that are no more.</summary>
    public List<SessionAddress> Retracted { get; } = [];

    /// <summary>How many streams got late events.</summary>
    public int LateStreams { get; private set; }

    /// <summary>Takes over the sessions that newest events changed, in order.</summary>
    public void Add(StreamId stream, List<SessionAccumulator> touched)
    {
        Sessions.AddRange(touched.Select(s => new SessionRow(stream, s)));
        var newest = touched[^1];
        _newest.Add(stream, new(stream, newest.First.OccurredAt, newest.SessionId));
    }

    /// <summary>Takes over what late events changed.</summary>
    public void Add(LateStream late, SessionRules rules)
    {
        LateStreams++;
        Sessions.AddRange(late.View.Changed(rules));
        Retracted.AddRange(late.View.Retracted());
        _newest.Add(late.Stream, late.Newest);
    }

    /// <summary>What the rows of the streams have to say afterwards.</summary>
    public List<StreamUpdate> StreamUpdates(Dictionary<string, SessionRules> rules)
    {
        var openUntil = new Dictionary<StreamId, long>();
        foreach (var row in Sessions)
        {
            var until = row.Folded.Last.OccurredAt + rules[row.Stream.SiteId].Timeout;
            openUntil[row.Stream] = Math.Min(until, openUntil.GetValueOrDefault(row.Stream, long.MaxValue));
        }

        return _newest.Values
            .Select(newest => new StreamUpdate(
                newest, openUntil.TryGetValue(newest.Stream, out var until) ? Micros.ToDateTime(until) : null))
            .ToList();
    }
}
