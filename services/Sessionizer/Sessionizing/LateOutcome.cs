using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>What the late events of a batch did to the sessions of one stream.</summary>
internal sealed class LateOutcome
{
    private readonly HashSet<EventKey> _newPlaces;
    private readonly ILookup<Guid, SessionRecord> _retractedBySession;

    private LateOutcome(LateStream late, List<SessionRow> changed, List<SessionRecord> retracted)
    {
        Changed = changed;
        Retracted = retracted;
        _newPlaces = late.NewEvents.ConvertAll(EventKey.Of).ToHashSet();
        _retractedBySession = retracted.ToLookup(
            record => late.View.Holding(record.ToHeader().First).Header.SessionId);
    }

    /// <summary>Sessions that are new or different.</summary>
    public List<SessionRow> Changed { get; }

    /// <summary>Sessions that are no more.</summary>
    public List<SessionRecord> Retracted { get; }

    public static LateOutcome Of(LateStream late, RulesTimeline rules) =>
        new(late, late.View.Changed(rules).ToList(), late.View.Retracted().ToList());

    /// <summary>The sessions that were retracted and whose first event is now in this one.</summary>
    public List<Guid> RetractedInto(SessionRow row) =>
        [.. _retractedBySession[row.Folded.SessionId].Select(record => record.Address.SessionId)];

    public void CountInto(ArrivalCounts counts)
    {
        foreach (var row in Changed)
        {
            var beginsWithNewEvent = _newPlaces.Contains(row.Folded.First);
            if (row.Record is null && !beginsWithNewEvent)
                counts.Split++;
            if (row.Record is not null && row.Folded.Events > row.Record.Events)
                counts.Extended++;
            if (row.Record is { Closed: true })
                counts.Reopened++;
            // Where a new event is the first now, one of them is this session under its former id.
            var joined = _retractedBySession[row.Folded.SessionId].Count();
            counts.Merged += beginsWithNewEvent ? Math.Max(joined - 1, 0) : joined;
        }

        counts.Retracted += Retracted.Count;
    }
}
