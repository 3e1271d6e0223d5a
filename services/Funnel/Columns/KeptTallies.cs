using Google.Protobuf;
using Microsoft.Extensions.Caching.Memory;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Remembers what reports have counted of the days that are over, so that one that is asked for again counts only what came
/// since. As with columns, these days are told by the number of their changes.
/// </summary>
internal sealed class KeptTallies : IDisposable
{
    private const int MostBytes = 96 * 1024 * 1024;

    // About what an entry takes besides what it counts.
    private const int EntryBytes = 1_000;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MostBytes });

    /// <summary>What was counted under a name of the segment's sessions of some chunks; null: it is not remembered.</summary>
    /// <returns>Not to be added to, only to a copy of it.</returns>
    public T? Find<T>(string siteId, IReadOnlyList<PlannedChunk> chunks, Segment? segment, string name)
        where T : class => cache.TryGetValue(KeyOf(siteId, chunks, segment, name), out T? found) ? found : null;

    /// <param name="name">Of everything that counts but site, segment and sessions.</param>
    /// <param name="tally">Nothing is added to it any more.</param>
    /// <param name="bytes">About what it takes; too large ones are not remembered.</param>
    public void Add(
        string siteId,
        IReadOnlyList<PlannedChunk> chunks,
        Segment? segment,
        string name,
        object tally,
        long bytes) => cache.Set(
        KeyOf(siteId, chunks, segment, name), tally, new MemoryCacheEntryOptions { Size = EntryBytes + bytes });

    public void Dispose() => cache.Dispose();

    // Chunks that follow each other, however their hours are put together: between the first and the last one there are never
    // other sessions without a change, and changes only ever count up.
    private static Key KeyOf(string siteId, IReadOnlyList<PlannedChunk> chunks, Segment? segment, string name) => new(
        siteId,
        chunks[0].FirstHour,
        chunks[^1].LastHour,
        chunks.Aggregate(0L, (sum, chunk) => unchecked(sum + chunk.Changes)),
        segment?.ToByteString() ?? ByteString.Empty,
        name);

    private sealed record Key(
        string SiteId, DateTime FirstHour, DateTime LastHour, long Changes, ByteString Segment, string Name);
}
