using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>What a batch brought each site, and what that did: counted with the events, in one transaction.</summary>
internal sealed class Arrivals
{
    private readonly Dictionary<string, ArrivalCounts> _counts = new(StringComparer.Ordinal);

    /// <summary>By site.</summary>
    public IReadOnlyDictionary<string, ArrivalCounts> Counts => _counts;

    /// <summary>Events that came again.</summary>
    public List<(StreamId Stream, Guid EventId)> Duplicates { get; } = [];

    /// <summary>Takes note of the new events of a stream.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="added">In order of arrival.</param>
    /// <param name="newest">The newest event that was stored before; null: none was.</param>
    public void Add(StreamId stream, List<AcceptedEvent> added, EventKey? newest)
    {
        var counts = Of(stream.SiteId);
        counts.Events += added.Count;
        foreach (var e in added)
        {
            var key = EventKey.Of(e);
            if (e.ClockClamped)
                counts.ClockClamped++;
            if (newest is { } before && key < before)
                counts.Late[Lateness.ClassOf(before.OccurredAt - key.OccurredAt)]++;
            else
                newest = key;
        }
    }

    /// <summary>Takes note of an event that came again.</summary>
    public void AddDuplicate(StreamId stream, Guid eventId)
    {
        Of(stream.SiteId).Duplicates++;
        Duplicates.Add((stream, eventId));
    }

    /// <summary>The counts of a site, to add to.</summary>
    public ArrivalCounts Of(string siteId)
    {
        if (!_counts.TryGetValue(siteId, out var counts))
            _counts.Add(siteId, counts = new());
        return counts;
    }
}

/// <summary>Counts of one site; see GetLatenessResponse.</summary>
internal sealed class ArrivalCounts
{
    public long Events { get; set; }

    public long Duplicates { get; set; }

    public long ClockClamped { get; set; }

    /// <summary>By class, see <see cref="Lateness"/>.</summary>
    public long[] Late { get; } = new long[Lateness.Classes];

    public long Extended { get; set; }

    public long Merged { get; set; }

    public long Split { get; set; }

    public long Retracted { get; set; }

    public long Reopened { get; set; }
}
