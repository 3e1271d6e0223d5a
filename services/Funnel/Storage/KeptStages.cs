using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Storage;

/// <summary>
/// Remembers how far the visitors of a funnel's days got: those that change no more, or seldom, so that only the days that go
/// on are added up, and all of them, until one changes. Like a copy of a day it is told by the changes of its days.
/// </summary>
internal sealed class KeptStages(ReportCache cache)
{
    // About what an entry takes besides its stages.
    private const int EntryBytes = 300;

    private readonly CachePartition<Key, Entry> kept = cache.AddKind<Key, Entry>("visitor_stages");

    /// <summary>Not to be added to, only to a copy; null: they are not remembered, or have changed since.</summary>
    public FurthestStages? Find(string siteId, int funnelId, IReadOnlyCollection<FunnelDay> days) =>
        kept.TryGet(KeyOf(siteId, funnelId, days), out var found) && found.Changes == ChangesOf(days)
            ? found.Furthest
            : null;

    /// <summary>Remembers them in place of what the same days were before; nothing is added any more.</summary>
    public void Add(string siteId, int funnelId, IReadOnlyCollection<FunnelDay> days, FurthestStages furthest) =>
        kept.Set(
            KeyOf(siteId, funnelId, days),
            new Entry(ChangesOf(days), furthest),
            EntryBytes + furthest.Bytes);

    private static Key KeyOf(string siteId, int funnelId, IReadOnlyCollection<FunnelDay> days) => new(
        siteId,
        funnelId,
        days.Count == 0 ? default : days.Min(day => day.Day),
        days.Count == 0 ? default : days.Max(day => day.Day));

    // Of the days from the first to the last one there are never others without a change of one of them; and a change only
    // ever counts up.
    private static long ChangesOf(IReadOnlyCollection<FunnelDay> days) =>
        days.Aggregate(0L, (sum, day) => unchecked(sum + day.Changes));

    private sealed record Key(string SiteId, int FunnelId, DateOnly First, DateOnly Last);

    private sealed record Entry(long Changes, FurthestStages Furthest);
}
