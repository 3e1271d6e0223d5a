using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Results;

/// <summary>
/// Caches the furthest stages of visitors over a range of days of a funnel: over the sealed days, so that only recent
/// ones are added, and over all days, until one of them changes. The change counters of the days identify a version.
/// </summary>
internal sealed class VisitorStageCache(ReportCache cache)
{
    // The approximate size of an entry without its stages.
    private const int EntryBytes = 300;

    private readonly CachePartition<Key, Entry> kept = cache.AddKind<Key, Entry>("visitor_stages");

    /// <summary>
    /// Returns the cached stages, of which callers modify only a copy; null when absent or outdated.
    /// </summary>
    public FurthestStages? Find(string siteId, int funnelId, IReadOnlyCollection<FunnelDay> days) =>
        kept.TryGet(KeyOf(siteId, funnelId, days), out var found) && found.Changes == ChangesOf(days)
            ? found.Furthest
            : null;

    /// <summary>Caches stages in place of an older version; they must not be modified afterwards.</summary>
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

    // The sum identifies the version: the set of days between the first and the last one differs only after a change of
    // one of them, and change counters only increase.
    private static long ChangesOf(IReadOnlyCollection<FunnelDay> days) =>
        days.Aggregate(0L, (sum, day) => unchecked(sum + day.Changes));

    private sealed record Key(string SiteId, int FunnelId, DateOnly First, DateOnly Last);

    private sealed record Entry(long Changes, FurthestStages Furthest);
}
