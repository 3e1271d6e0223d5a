using Npgsql;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// The table <c>streams</c>: a row for each stream, which is the lock for everything that belongs to it. Streams are
/// always locked in key order, so two transactions never wait for each other in a circle.
/// </summary>
internal static class StreamTable
{
    private const string InsertMissing = """
        INSERT INTO streams (site_id, stream_key, last_arrival_at)
        SELECT site_id, stream_key, $3
        FROM unnest($1::text[], $2::text[]) AS given (site_id, stream_key)
        ORDER BY site_id COLLATE "C", stream_key COLLATE "C"
        ON CONFLICT DO NOTHING
        """;

    private const string Lock = """
        SELECT 1 FROM streams
        JOIN unnest($1::text[], $2::text[]) AS given (site_id, stream_key) USING (site_id, stream_key)
        ORDER BY site_id, stream_key
        FOR UPDATE OF streams
        """;

    // A statement of its own after the lock: only now is the snapshot sure to show what the last holder wrote.
    private const string SelectNewest = $"""
        SELECT {SessionTable.StoredColumns}
        FROM streams
        JOIN unnest($1::text[], $2::text[]) AS given (site_id, stream_key) USING (site_id, stream_key)
        JOIN LATERAL (
            SELECT * FROM sessions
            WHERE site_id = streams.site_id AND stream_key = streams.stream_key
                AND started_at = streams.newest_started_at AND session_id = streams.newest_session_id
            OFFSET 0) s ON true
        """;

    private const string SelectSites = "SELECT site_id, rules FROM sites WHERE site_id = ANY($1)";

    // One index-only pass over each stream that holds events, however many of the ids are its own. Without OFFSET 0 the
    // planner, to whom a probe of every month looks dear, reads all events of all streams once a batch is large.
    internal const string SelectStoredIds = """
        SELECT streams.site_id, streams.stream_key, e.event_id
        FROM streams
        JOIN unnest($1::text[], $2::text[]) AS given (site_id, stream_key) USING (site_id, stream_key)
        JOIN LATERAL (
            SELECT event_id FROM events
            WHERE site_id = streams.site_id AND stream_key = streams.stream_key AND event_id = ANY($3)
            OFFSET 0) e ON true
        WHERE streams.newest_started_at IS NOT NULL
        """;

    /// <summary>
    /// Locks the streams, making the ones that are new, and reads what a batch needs to know of them; one round trip.
    /// </summary>
    public static async Task<LockedStreams> LockAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<StreamId> streams,
        Guid[] eventIds,
        DateTime now,
        CancellationToken cancellationToken)
    {
        var siteIds = streams.Select(s => s.SiteId).ToArray();
        var streamKeys = streams.Select(s => s.StreamKey).ToArray();
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(InsertMissing, siteIds, streamKeys, now);
        batch.Add(Lock, siteIds, streamKeys);
        batch.Add(SelectNewest, siteIds, streamKeys);
        batch.Add(SelectSites, (object)siteIds.Distinct().ToArray());
        batch.Add(SelectStoredIds, siteIds, streamKeys, eventIds);

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var locked = new LockedStreams();
        // The insert has no result set; the reader stands on the lock's.
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var session = SessionTable.Read(reader);
            locked.Newest.Add(session.Address.Stream, session);
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            locked.Rules.Add(reader.GetString(0), ReadRules(reader));
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            locked.StoredEvents.Add((new(reader.GetString(0), reader.GetString(1)), reader.GetGuid(2)));
        return locked;
    }

    private static SiteRules ReadRules(NpgsqlDataReader reader) =>
        SiteRules.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1));

    private const string Update = """
        UPDATE streams
        SET newest_started_at = given.newest_started_at,
            newest_session_id = given.newest_session_id,
            last_arrival_at = $5,
            open_until = LEAST(streams.open_until, given.open_until)
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $6::timestamptz[])
            AS given (site_id, stream_key, newest_started_at, newest_session_id, open_until)
        WHERE streams.site_id = given.site_id AND streams.stream_key = given.stream_key
        """;

    /// <summary>Adds the statement that notes where each stream's newest session is now.</summary>
    public static void AddUpdate(NpgsqlBatch batch, IReadOnlyList<StreamUpdate> updates, DateTime now) =>
        batch.Add(
            Update,
            updates.Select(u => u.Newest.Stream.SiteId).ToArray(),
            updates.Select(u => u.Newest.Stream.StreamKey).ToArray(),
            updates.Select(u => Micros.ToDateTime(u.Newest.StartedAt)).ToArray(),
            updates.Select(u => u.Newest.SessionId).ToArray(),
            now,
            updates.Select(u => u.OpenUntil).ToArray());
}

/// <summary>What is known of the streams of a batch once they are locked.</summary>
internal sealed class LockedStreams
{
    /// <summary>The newest session of each stream that has one.</summary>
    public Dictionary<StreamId, SessionRecord> Newest { get; } = [];

    /// <summary>The rules of each site; a site that does not exist is not there.</summary>
    public Dictionary<string, SiteRules> Rules { get; } = [];

    /// <summary>Those of the batch's event ids that the stream holds already.</summary>
    public HashSet<(StreamId Stream, Guid EventId)> StoredEvents { get; } = [];
}

/// <summary>What changes in the row of a stream.</summary>
/// <param name="Newest">The stream's newest session.</param>
/// <param name="OpenUntil">The earliest time at which a session that changed may be over; absent when none
/// changed.</param>
internal readonly record struct StreamUpdate(SessionAddress Newest, DateTime? OpenUntil);
