using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>
/// Takes a batch of accepted events into the database, in one transaction: lock the streams in key order, drop
/// duplicates, fold what is new into the sessions, store events and sessions, note what has to be announced. Applying a
/// batch again changes nothing.
/// </summary>
internal sealed class BatchSessionizer(
    NpgsqlDataSource dataSource,
    MonthPartitions partitions,
    SessionizerMetrics metrics,
    IOptions<SessionizerOptions> options,
    TimeProvider time)
{
    /// <summary>Returns once the events are committed.</summary>
    /// <exception cref="InvalidOperationException">An event names a site that does not exist.</exception>
    public async Task ApplyAsync(IReadOnlyList<AcceptedEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
            return;
        var arrived = ByStream(events);
        await partitions.EnsureAsync(events.Select(e => e.OccurredAt), cancellationToken);

        var now = time.GetUtcNow().UtcDateTime;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var eventIds = events.Select(IdOf).ToArray();
        var locked = await StreamTable.LockAsync(connection, arrived.Keys, eventIds, now, cancellationToken);
        var rules = locked.Rules.ToDictionary(site => site.Key, site => SessionRules.From(site.Value));

        var changes = new BatchChanges();
        var late = new List<LateStream>();
        foreach (var (stream, ofStream) in arrived)
        {
            if (!rules.TryGetValue(stream.SiteId, out var siteRules))
                throw new InvalidOperationException("An event names a site that does not exist.");
            var added = NewInOrder(stream, ofStream, locked.StoredEvents);
            if (added.Count == 0)
                continue;
            changes.Events.AddRange(added);
            var newest = locked.Newest.GetValueOrDefault(stream);
            var current = newest?.Resume(siteRules);
            if (current is null || EventKey.Of(added[0]) > current.Last)
                Append(stream, current, added, siteRules, changes);
            else
                late.Add(new(stream, siteRules, newest!, added));
        }

        await LateStreams.PlaceAsync(connection, late, cancellationToken);
        foreach (var stream in late)
            changes.Add(stream, rules[stream.Stream.SiteId]);

        if (changes.Events.Count > 0)
            await WriteAsync(connection, changes, rules, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        metrics.Stored(changes.Events.Count, events.Count - changes.Events.Count, changes.LateStreams);
    }

    private async Task WriteAsync(
        NpgsqlConnection connection,
        BatchChanges changes,
        Dictionary<string, SessionRules> rules,
        DateTime now,
        CancellationToken cancellationToken)
    {
        await EventTable.CopyAsync(connection, changes.Events, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        if (changes.Retracted.Count > 0)
            UnpublishedTable.AddLock(batch, [.. changes.Sessions.Select(row => row.Address), .. changes.Retracted]);
        SessionWriter.AddUpsert(batch, changes.Sessions, options.Value.LiveInterval);
        SessionWriter.AddRetract(batch, changes.Retracted, options.Value.LiveInterval);
        StreamTable.AddUpdate(batch, changes.StreamUpdates(rules), now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Append(
        StreamId stream,
        SessionAccumulator? current,
        List<AcceptedEvent> added,
        SessionRules rules,
        BatchChanges changes)
    {
        var touched = new List<SessionAccumulator>();
        StreamWalk.Append(current, added, rules, touched);
        changes.Add(stream, touched);
    }

    private static Dictionary<StreamId, List<AcceptedEvent>> ByStream(IReadOnlyList<AcceptedEvent> events)
    {
        var streams = new Dictionary<StreamId, List<AcceptedEvent>>();
        foreach (var e in events)
        {
            var stream = new StreamId(e.Event.SiteId, e.StreamKey);
            if (!streams.TryGetValue(stream, out var ofStream))
                streams.Add(stream, ofStream = []);
            ofStream.Add(e);
        }

        return streams;
    }

    // The first one that arrived wins.
    private static List<AcceptedEvent> NewInOrder(
        StreamId stream, List<AcceptedEvent> arrived, HashSet<(StreamId Stream, Guid EventId)> stored)
    {
        var added = new List<AcceptedEvent>(arrived.Count);
        foreach (var e in arrived)
        {
            // What was taken is remembered with what was stored, for the events behind it.
            if (stored.Add((stream, IdOf(e))))
                added.Add(e);
        }

        added.Sort((a, b) => EventKey.Of(a).CompareTo(EventKey.Of(b)));
        return added;
    }

    private static Guid IdOf(AcceptedEvent e) => new(e.EventId.Span, bigEndian: true);
}
