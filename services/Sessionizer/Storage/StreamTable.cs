using Npgsql;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// The table <c>streams</c>: a row for each stream, which is the lock for everything that belongs to it. Streams are
/// always locked in key order, so two transactions never wait for each other in a circle.
/// </summary>
internal static class StreamTable
{
    private const string InsertMissing = """
        INSERT INTO streams (site_id, stream_key, last_arrival_at, base_version)
        SELECT site_id, stream_key, $3, sites.base_version
        FROM unnest($1::text[], $2::text[]) AS given (site_id, stream_key)
        JOIN sites USING (site_id)
        ORDER BY site_id COLLATE "C", stream_key COLLATE "C"
        ON CONFLICT DO NOTHING
        """;

    private const string Lock = """
        SELECT site_id, stream_key, base_version, ids_in_table, id_prints FROM streams
        JOIN unnest($1::text[], $2::text[]) AS given (site_id, stream_key) USING (site_id, stream_key)
        ORDER BY site_id, stream_key
        FOR UPDATE OF streams
        """;

    // A statement of its own after the lock: only now is the snapshot sure to show what the last holder wrote.
    private static readonly string SelectNewest = $"""
        SELECT {SessionTable.ContinuedColumns}
        FROM streams
        JOIN unnest($1::text[], $2::text[]) AS given (site_id, stream_key) USING (site_id, stream_key)
        JOIN LATERAL (
            SELECT * FROM sessions
            WHERE site_id = streams.site_id AND stream_key = streams.stream_key
                AND started_at = streams.newest_started_at AND session_id = streams.newest_session_id
            OFFSET 0) s ON true
        """;

    private const string SelectSites =
        "SELECT site_id, base_version, rules_version FROM sites WHERE site_id = ANY($1)";

    /// <summary>
    /// Locks the streams, making the ones that are new, and reads what a batch needs to know of them; one round trip.
    /// Streams of sites that do not exist are left out.
    /// </summary>
    public static async Task<LockedStreams> LockAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<StreamId> streams,
        DateTime now,
        CancellationToken cancellationToken)
    {
        var siteIds = streams.Select(s => s.SiteId).ToArray();
        var streamKeys = streams.Select(s => s.StreamKey).ToArray();
        var sites = siteIds.Distinct().ToArray();
        await using var batch = new NpgsqlBatch(connection);
        RulesLock.AddShared(batch, sites);
        batch.Add(InsertMissing, siteIds, streamKeys, now);
        batch.Add(Lock, siteIds, streamKeys);
        batch.Add(SelectNewest, siteIds, streamKeys);
        batch.Add(SelectSites, (object)sites);

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var locked = new LockedStreams();
        // The first result is the advisory lock's; the insert has none.
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            locked.Streams.Add(new(reader.GetString(0), reader.GetString(1)), ReadStream(reader));
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            locked.Add(SessionTable.Read(reader));
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            locked.Sites.Add(reader.GetString(0), new(reader.GetInt32(1), reader.GetInt32(2)));
        return locked;
    }

    /// <summary>Reads the newest sessions of locked streams again, after they were computed anew.</summary>
    public static async Task ReloadNewestAsync(
        NpgsqlConnection connection,
        LockedStreams locked,
        IReadOnlyCollection<StreamId> streams,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var siteIds = streams.Select(s => s.SiteId).ToArray();
        var streamKeys = streams.Select(s => s.StreamKey).ToArray();
        batch.Add(Lock, siteIds, streamKeys);
        batch.Add(SelectNewest, siteIds, streamKeys);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            locked.Streams[new(reader.GetString(0), reader.GetString(1))] = ReadStream(reader);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            locked.Add(SessionTable.Read(reader));
    }

    private static LockedStream ReadStream(NpgsqlDataReader reader) =>
        new(reader.GetInt32(2), new EventIdFilter(reader.GetFieldValue<byte[]>(4), reader.GetBoolean(3)));

    private const string Update = """
        UPDATE streams
        SET newest_started_at = given.newest_started_at,
            newest_session_id = given.newest_session_id,
            last_arrival_at = $5,
            open_until = LEAST(streams.open_until, given.open_until),
            open_from = LEAST(streams.open_from, given.open_from),
            id_prints = given.id_prints,
            ids_in_table = given.ids_in_table
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $6::timestamptz[], $7::bytea[], $8::bool[],
            $9::timestamptz[])
            AS given (
                site_id, stream_key, newest_started_at, newest_session_id, open_until, id_prints, ids_in_table, open_from)
        WHERE streams.site_id = given.site_id AND streams.stream_key = given.stream_key
        """;

    /// <summary>Adds the statement that notes where each stream's newest session is now, and which ids it has.</summary>
    public static void AddUpdate(NpgsqlBatch batch, IReadOnlyList<StreamUpdate> updates, DateTime now) =>
        batch.Add(
            Update,
            updates.Select(u => u.Newest.Stream.SiteId).ToArray(),
            updates.Select(u => u.Newest.Stream.StreamKey).ToArray(),
            updates.Select(u => Micros.ToDateTime(u.Newest.StartedAt)).ToArray(),
            updates.Select(u => u.Newest.SessionId).ToArray(),
            now,
            updates.Select(u => u.Open?.Until).ToArray(),
            updates.Select(u => u.Filter.Prints).ToArray(),
            updates.Select(u => u.Filter.IdsInTable).ToArray(),
            updates.Select(u => u.Open?.From).ToArray());

    private const string Replace = """
        UPDATE streams
        SET newest_started_at = $3, newest_session_id = $4, base_version = $5, id_prints = $6, ids_in_table = $7,
            (open_until, open_from) = (
                SELECT min(over_at), min(started_at) FROM sessions
                WHERE site_id = $1 AND stream_key = $2 AND NOT closed AND NOT retracted)
        WHERE site_id = $1 AND stream_key = $2
        """;

    /// <summary>Adds the statement that notes all about a stream that was computed anew.</summary>
    /// <param name="batch">Where to; behind what stores the sessions.</param>
    /// <param name="stream">Which.</param>
    /// <param name="newest">Its newest session; null: it has none.</param>
    /// <param name="baseVersion">The rules it was computed by.</param>
    /// <param name="filter">Its events.</param>
    public static void AddReplace(
        NpgsqlBatch batch, StreamId stream, SessionAddress? newest, int baseVersion, EventIdFilter filter) =>
        batch.Add(
            Replace,
            stream.SiteId,
            stream.StreamKey,
            newest is { } started ? Micros.ToDateTime(started.StartedAt) : DBNull.Value,
            newest is { } session ? session.SessionId : DBNull.Value,
            baseVersion,
            filter.Prints,
            filter.IdsInTable);
}

/// <summary>What is known of the streams of a batch once they are locked.</summary>
internal sealed class LockedStreams
{
    /// <summary>The streams; those of a site that does not exist are not there.</summary>
    public Dictionary<StreamId, LockedStream> Streams { get; } = [];

    /// <summary>The newest session of each stream that has one.</summary>
    public Dictionary<StreamId, SessionRecord> Newest { get; } = [];

    /// <summary>The sites, without their rules.</summary>
    public Dictionary<string, SiteVersions> Sites { get; } = [];

    public void Add(SessionRecord newest) => Newest[newest.Address.Stream] = newest;
}

/// <summary>The row of a locked stream.</summary>
/// <param name="BaseVersion">The site's base version that its sessions were computed by.</param>
/// <param name="Filter">Which events it may hold.</param>
internal sealed record LockedStream(int BaseVersion, EventIdFilter Filter);

/// <summary>What changes in the row of a stream.</summary>
/// <param name="Newest">The stream's newest session.</param>
/// <param name="Open">The sessions that changed; null when none did.</param>
/// <param name="Filter">Its events, those of the batch included.</param>
internal readonly record struct StreamUpdate(SessionAddress Newest, OpenSessions? Open, EventIdFilter Filter);

/// <summary>Sessions of a stream that are not closed.</summary>
/// <param name="From">The earliest time at which one of them began.</param>
/// <param name="Until">The earliest time at which one of them may be over.</param>
internal sealed record OpenSessions(DateTime From, DateTime Until);
