using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Recomputing;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>
/// Takes a batch of accepted events into the database, in one transaction: lock the streams in key order, drop
/// duplicates, fold what is new into the sessions, store events and sessions, note what has to be announced. Applying a
/// batch again changes no session.
/// </summary>
internal sealed class BatchSessionizer(
    NpgsqlDataSource dataSource,
    MonthPartitions partitions,
    RulesTimelines timelines,
    SessionizerMetrics metrics,
    IOptions<SessionizerOptions> options,
    TimeProvider time)
{
    /// <summary>Returns once the events are committed.</summary>
    public async Task ApplyAsync(IReadOnlyList<AcceptedEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
            return;
        var now = time.GetUtcNow().UtcDateTime;
        var changes = new BatchChanges(Micros.FromDateTime(now));
        var arrived = ByStream(events, changes, Micros.FromDateTime(now));
        await partitions.EnsureAsync(arrived.Values.SelectMany(s => s).Select(e => e.OccurredAt), cancellationToken);

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var locked = await StreamTable.LockAsync(connection, arrived.Keys, now, cancellationToken);
        RejectUnknownSites(arrived, locked, changes, Micros.FromDateTime(now));
        var rules = await timelines.GetAsync(connection, locked.Sites, cancellationToken);
        await RecomputeOutdatedAsync(connection, locked, rules, cancellationToken);
        await FoldAsync(connection, arrived, locked, rules, changes, cancellationToken);
        await WriteAsync(connection, changes, rules, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        metrics.Applied(changes.Arrivals, changes.LateStreams);
    }

    private static async Task FoldAsync(
        NpgsqlConnection connection,
        Dictionary<StreamId, List<AcceptedEvent>> arrived,
        LockedStreams locked,
        Dictionary<string, RulesTimeline> rules,
        BatchChanges changes,
        CancellationToken cancellationToken)
    {
        var stored = await FindStoredAsync(connection, arrived, locked, cancellationToken);
        var late = new List<(LateStream Stream, EventIdFilter Filter)>();
        foreach (var (stream, ofStream) in arrived)
        {
            var added = TakeNew(stream, ofStream, stored, changes.Arrivals);
            if (added.Count == 0)
                continue;
            var ofSite = rules[stream.SiteId];
            var newest = locked.Newest.GetValueOrDefault(stream);
            var current = newest?.Resume(ofSite);
            changes.Arrivals.Add(stream, added, current?.Last);
            added.Sort((a, b) => EventKey.Of(a).CompareTo(EventKey.Of(b)));
            var filter = changes.AddEvents(stream, added, locked.Streams[stream].Filter);
            if (current is not null && EventKey.Of(added[0]) < current.Last)
            {
                late.Add((new(stream, ofSite, newest!, added), filter));
                continue;
            }

            var touched = new List<SessionAccumulator>();
            StreamWalk.Append(current, added, ofSite, touched);
            // The newest session is as it was when the first event already starts another, but for its end.
            changes.Add(stream, touched, newest, added, filter);
        }

        await LateStreams.PlaceAsync(connection, late.ConvertAll(l => l.Stream), cancellationToken);
        foreach (var (stream, filter) in late)
            changes.Add(stream, rules[stream.Stream.SiteId], filter);
    }

    private async Task RecomputeOutdatedAsync(
        NpgsqlConnection connection,
        LockedStreams locked,
        Dictionary<string, RulesTimeline> rules,
        CancellationToken cancellationToken)
    {
        var outdated = locked.Streams
            .Where(stream => stream.Value.BaseVersion < locked.Sites[stream.Key.SiteId].Base)
            .Select(stream => stream.Key)
            .ToList();
        if (outdated.Count == 0)
            return;
        foreach (var stream in outdated)
        {
            var recomputation = new StreamRecomputation(
                stream, rules[stream.SiteId], locked.Sites[stream.SiteId].Base, options.Value.LiveInterval, time);
            await recomputation.RunAsync(connection, RecomputeCause.RuleChange, cancellationToken);
        }

        await StreamTable.ReloadNewestAsync(connection, locked, outdated, cancellationToken);
    }

    private async Task WriteAsync(
        NpgsqlConnection connection,
        BatchChanges changes,
        Dictionary<string, RulesTimeline> rules,
        DateTime now,
        CancellationToken cancellationToken)
    {
        var firsts = await SettleFirstsAsync(connection, changes, rules, cancellationToken);
        if (changes.Events.Count > 0)
            await EventTable.CopyAsync(connection, changes.Events, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        OutboxTrace.AddTo(batch);
        var retracted = changes.Retracted.ConvertAll(record => record.Address);
        if (firsts.Count > 0)
        {
            // Their streams are not locked.
            UnpublishedTable.AddLock(
                batch, [.. changes.Sessions.Select(row => row.Address), .. retracted, .. firsts.Select(f => f.Session)]);
        }

        SessionWriter.AddUpsert(batch, changes.Sessions, options.Value.LiveInterval);
        SessionWriter.AddEnd(batch, changes.Ends, options.Value.LiveInterval);
        SessionWriter.AddSetIsNew(batch, firsts, changes.Neighbour(), options.Value.LiveInterval);
        SessionWriter.AddRetract(batch, retracted, changes.Retraction(), options.Value.LiveInterval);
        if (changes.Events.Count > 0)
            StreamTable.AddUpdate(batch, changes.StreamUpdates(), now);
        if (changes.TableIds.Count > 0)
            EventIdTable.AddInsert(batch, changes.TableIds);
        if (changes.TableStreams.Count > 0)
            EventIdTable.AddInsertStreams(batch, changes.TableStreams);
        if (changes.Rejects.Count > 0)
            RejectTable.AddInsert(batch, changes.Rejects);
        if (changes.Arrivals.Counts.Count > 0)
            ArrivalTable.AddTo(batch, changes.Arrivals, now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<(SessionAddress Session, bool IsNew)>> SettleFirstsAsync(
        NpgsqlConnection connection,
        BatchChanges changes,
        Dictionary<string, RulesTimeline> rules,
        CancellationToken cancellationToken)
    {
        if (!rules.Values.Any(timeline => timeline.IsAuthoritative))
            return [];
        return await VisitorFirsts.SettleAsync(
            connection,
            changes.Sessions.Where(row => rules[row.Stream.SiteId].IsAuthoritative).ToList(),
            changes.Retracted
                .Where(record => rules[record.Address.Stream.SiteId].IsAuthoritative)
                .Select(record => (record.Address, record.ToDocument().Session.VisitorId))
                .ToList(),
            cancellationToken);
    }

    private static Dictionary<StreamId, List<AcceptedEvent>> ByStream(
        IReadOnlyList<AcceptedEvent> events, BatchChanges changes, long now)
    {
        var streams = new Dictionary<StreamId, List<AcceptedEvent>>();
        foreach (var e in events)
        {
            if (!EventGuard.IsSound(e))
            {
                changes.Rejects.Add(EventGuard.Reject(e, EventGuard.Malformed, now));
                continue;
            }

            var stream = new StreamId(e.Event.SiteId, e.StreamKey);
            if (!streams.TryGetValue(stream, out var ofStream))
                streams.Add(stream, ofStream = []);
            ofStream.Add(e);
        }

        return streams;
    }

    private static void RejectUnknownSites(
        Dictionary<StreamId, List<AcceptedEvent>> arrived, LockedStreams locked, BatchChanges changes, long now)
    {
        foreach (var (stream, events) in arrived.Where(s => !locked.Streams.ContainsKey(s.Key)).ToList())
        {
            changes.Rejects.AddRange(events.Select(e => EventGuard.Reject(e, EventGuard.UnknownSite, now)));
            arrived.Remove(stream);
        }
    }

    private static Task<HashSet<(StreamId Stream, Guid EventId)>> FindStoredAsync(
        NpgsqlConnection connection,
        Dictionary<StreamId, List<AcceptedEvent>> arrived,
        LockedStreams locked,
        CancellationToken cancellationToken)
    {
        var suspects = new List<(StreamId, Guid, bool)>();
        foreach (var (stream, events) in arrived)
        {
            var filter = locked.Streams[stream].Filter;
            foreach (var e in events)
            {
                var id = EventGuard.IdOf(e);
                if (filter.MayHold(id))
                    suspects.Add((stream, id, filter.IdsInTable));
            }
        }

        return EventIdTable.FindStoredAsync(connection, suspects, cancellationToken);
    }

    // In order of arrival: the first one wins.
    private static List<AcceptedEvent> TakeNew(
        StreamId stream, List<AcceptedEvent> arrived, HashSet<(StreamId, Guid)> stored, Arrivals arrivals)
    {
        var added = new List<AcceptedEvent>(arrived.Count);
        foreach (var e in arrived)
        {
            var id = EventGuard.IdOf(e);
            // What was taken is remembered with what was stored, for the events behind it.
            if (stored.Add((stream, id)))
                added.Add(e);
            else
                arrivals.AddDuplicate(stream, id);
        }

        return added;
    }
}
