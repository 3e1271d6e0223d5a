using Google.Protobuf;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>What the sessions of a chunk add to the sums of values.</summary>
/// <param name="Values">The numbers of their texts; none: it is one sum over all sessions.</param>
/// <param name="Sums">In the same order.</param>
internal sealed record ChunkSums(int[] Values, SumTable Sums)
{
    /// <summary>How many sums there are of each.</summary>
    public int Count => Math.Max(Values.Length, 1);
}

/// <summary>
/// Remembers sums over whole chunks, so that a list that is asked for again reads only what has changed. As with columns a
/// chunk is told by the number of its changes, and of the same facts the sums are the same.
/// </summary>
internal sealed class KeptSums(ReportCache cache)
{
    // About what an entry takes besides its sums.
    private const int EntryBytes = 500;

    private readonly CachePartition<Key, ChunkSums> kept = cache.AddKind<Key, ChunkSums>("chunk_sums");

    /// <summary>Null: they are not remembered.</summary>
    public ChunkSums? Find(string siteId, PlannedChunk chunk, Segment? segment, Tally tally) =>
        kept.TryGet(KeyOf(siteId, chunk, segment, tally), out var found) ? found : null;

    public void Add(string siteId, PlannedChunk chunk, Segment? segment, Tally tally, ChunkSums sums) => kept.Set(
        KeyOf(siteId, chunk, segment, tally),
        sums,
        EntryBytes + (sums.Count * (sizeof(int) + (sizeof(long) * tally.SumCount))));

    private static Key KeyOf(string siteId, PlannedChunk chunk, Segment? segment, Tally tally) => new(
        siteId, chunk.FirstHour, chunk.LastHour, chunk.Changes, segment?.ToByteString() ?? ByteString.Empty,
        tally.SumsName);

    private sealed record Key(
        string SiteId, DateTime FirstHour, DateTime LastHour, long Changes, ByteString Segment, string Sums);
}
