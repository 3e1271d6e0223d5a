using Google.Protobuf;
using Microsoft.Extensions.Caching.Memory;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Funnel.Columns;

/// <summary>So many of the first chunks of a scan rest: hardly anything happens in them any more.</summary>
/// <param name="AreOver">They are over for a day; else for two hours.</param>
internal readonly record struct RestingChunks(int Count, bool AreOver);

/// <summary>What is counted of which sessions.</summary>
/// <param name="NameUntil">What is counted up to a time, which tells it apart from everything else that is.</param>
internal sealed record KeptCount(string SiteId, Segment? Segment, Func<DateTime, string> NameUntil);

/// <summary>
/// Remembers what reports have counted of chunks that rest, so that one that is asked for again counts only what came since.
/// As with columns, these chunks are told by the number of their changes.
/// </summary>
internal sealed class KeptTallies : IDisposable
{
    private const int MostBytes = 128 * 1024 * 1024;

    // About what an entry takes besides what it counts.
    private const int EntryBytes = 1_000;

    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MostBytes });

    /// <summary>Counts chunks, one after the other, and goes on from what was counted of the first of them before.</summary>
    /// <param name="chunks">All of them, in the order of time.</param>
    /// <param name="resting">Where it is worth to remember what was counted so far, ascending.</param>
    /// <param name="goOnFrom">Takes over what is remembered, which stays as it is. Called first, or not at all.</param>
    /// <param name="addAsync">Counts chunks on; called in their order, also with none.</param>
    /// <param name="copy">What was counted so far, to be remembered, and about what it takes in bytes.</param>
    public async Task CountAsync<T>(
        KeptCount of,
        IReadOnlyList<PlannedChunk> chunks,
        IReadOnlyList<RestingChunks> resting,
        Action<T> goOnFrom,
        Func<IReadOnlyList<PlannedChunk>, Task> addAsync,
        Func<(T Tally, long Bytes)> copy)
        where T : class
    {
        var keys = resting.Select(each => KeyOf(of, chunks, each.Count)).ToList();
        var found = keys.ConvertAll(key => cache.Get<T>(key));
        var known = found.FindLastIndex(tally => tally is not null);
        var counted = 0;
        if (known >= 0)
        {
            goOnFrom(found[known]!);
            counted = resting[known].Count;
        }

        for (var next = known + 1; next < resting.Count; next++)
        {
            var (count, areOver) = resting[next];
            await addAsync([.. chunks.Skip(counted).Take(count - counted)]);
            counted = count;
            if (areOver || !IsFirstTime(keys[next]))
                Keep(keys[next], copy());
        }

        await addAsync([.. chunks.Skip(counted)]);
    }

    public void Dispose() => cache.Dispose();

    /// <summary>Chunks that change between any two reports are not worth a copy of what was counted of them.</summary>
    private bool IsFirstTime(Key key)
    {
        var note = key with { Name = $"asked for: {key.Name}" };
        if (cache.TryGetValue(note, out _))
            return false;
        Keep(note, (note, 0));
        return true;
    }

    private void Keep<T>(Key key, (T Tally, long Bytes) counted) => cache.Set(
        key,
        counted.Tally,
        new MemoryCacheEntryOptions { Size = EntryBytes + counted.Bytes, SlidingExpiration = Forgotten });

    // Chunks that follow each other, however their hours are put together: between the first and the last one there are never
    // other sessions without a change, and changes only ever count up.
    private static Key KeyOf(KeptCount of, IReadOnlyList<PlannedChunk> chunks, int count) => new(
        of.SiteId,
        chunks[0].FirstHour,
        chunks[count - 1].LastHour,
        chunks.Take(count).Aggregate(0L, (sum, chunk) => unchecked(sum + chunk.Changes)),
        of.Segment?.ToByteString() ?? ByteString.Empty,
        of.NameUntil(chunks[count - 1].Before));

    private sealed record Key(
        string SiteId, DateTime FirstHour, DateTime LastHour, long Changes, ByteString Segment, string Name);
}
