using Google.Protobuf;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Funnel.Columns;

/// <summary>The leading chunks of a scan that are considered stable: their sessions hardly change any more.</summary>
/// <param name="Count">Number of leading chunks.</param>
/// <param name="AreSealed">Whether all ended a day ago or longer; else, two hours ago or longer.</param>
internal readonly record struct StableChunks(int Count, bool AreSealed);

/// <summary>Identifies an aggregate: what is aggregated, of which sessions.</summary>
/// <param name="Segment">The sessions; null: all sessions but those of bots.</param>
/// <param name="NameUntil">
/// Returns a name of what is aggregated up to a time. Aggregates of the same name over the same sessions are equal.
/// </param>
internal sealed record AggregateKey(string SiteId, Segment? Segment, Func<DateTime, string> NameUntil);

/// <summary>
/// Caches what reports have aggregated over stable chunks, so that a report that is asked for again resumes there and
/// reads only what came later. An aggregate is valid only for the sum of the change counters of its chunks.
/// </summary>
internal sealed class PartialAggregateCache(ReportCache cache)
{
    // About what an entry takes besides its aggregate.
    private const int EntryBytes = 1_000;

    private readonly CachePartition<Key, object> aggregates = cache.AddKind<Key, object>("partial_aggregates");
    private readonly CachePartition<Key, Key> requests = cache.AddKind<Key, Key>("aggregate_requests");

    /// <summary>
    /// Aggregates chunks one after another, resuming from the longest cached prefix of stable chunks, and caches the
    /// aggregates of longer ones.
    /// </summary>
    /// <param name="aggregate">What is aggregated.</param>
    /// <param name="chunks">All chunks, in the order of time.</param>
    /// <param name="stable">Prefixes of the chunks whose aggregates are worth caching, ascending.</param>
    /// <param name="resume">
    /// Continues from a cached aggregate, which must not be changed. Called first, or not at all.
    /// </param>
    /// <param name="addAsync">Adds chunks to the aggregate; called in their order, also with no chunks.</param>
    /// <param name="fork">Returns a copy of the aggregate to cache, and about how many bytes it takes.</param>
    public async Task AggregateAsync<T>(
        AggregateKey aggregate,
        IReadOnlyList<PlannedChunk> chunks,
        IReadOnlyList<StableChunks> stable,
        Action<T> resume,
        Func<IReadOnlyList<PlannedChunk>, Task> addAsync,
        Func<(T Aggregate, long Bytes)> fork)
        where T : class
    {
        var keys = stable.Select(prefix => KeyOf<T>(aggregate, chunks, prefix.Count)).ToList();
        var found = keys.ConvertAll(key => aggregates.TryGet(key, out var cached) ? (T)cached : null);
        var known = found.FindLastIndex(cached => cached is not null);
        var done = 0;
        if (known >= 0)
        {
            resume(found[known]!);
            done = stable[known].Count;
        }

        for (var next = known + 1; next < stable.Count; next++)
        {
            var (count, areSealed) = stable[next];
            await addAsync([.. chunks.Skip(done).Take(count - done)]);
            done = count;
            if (areSealed || !IsFirstRequest(keys[next]))
            {
                var (forked, bytes) = fork();
                aggregates.Set(keys[next], forked, EntryBytes + bytes);
            }
        }

        await addAsync([.. chunks.Skip(done)]);
    }

    /// <summary>
    /// Returns whether the aggregate was never asked for; from then on it was. Chunks that change between any two
    /// reports are not worth a copy of their aggregate.
    /// </summary>
    private bool IsFirstRequest(Key key)
    {
        if (requests.TryGet(key, out _))
            return false;
        requests.Set(key, key, EntryBytes);
        return true;
    }

    // The chunks follow each other, whatever hours each of them covers: between the first and the last hour sessions
    // never change without a change counter counting up, so that the sum identifies their state.
    private static Key KeyOf<T>(AggregateKey aggregate, IReadOnlyList<PlannedChunk> chunks, int count) => new(
        aggregate.SiteId,
        chunks[0].FirstHour,
        chunks[count - 1].LastHour,
        chunks.Take(count).Aggregate(0L, (sum, chunk) => unchecked(sum + chunk.Changes)),
        aggregate.Segment?.ToByteString() ?? ByteString.Empty,
        aggregate.NameUntil(chunks[count - 1].Before),
        typeof(T));

    /// <param name="Type">The type of the aggregate.</param>
    private sealed record Key(
        string SiteId, DateTime FirstHour, DateTime LastHour, long Changes, ByteString Segment, string Name, Type Type);
}
