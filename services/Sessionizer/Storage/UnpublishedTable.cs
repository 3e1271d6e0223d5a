using Npgsql;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// The table <c>unpublished_sessions</c>: which sessions have a revision that is not published yet. What is published
/// is read from the session itself at that moment, so any number of changes in between make one announcement.
/// </summary>
internal static class UnpublishedTable
{
    /// <summary>
    /// The second half of a statement whose first half is a CTE <c>changed</c> with the addresses and revisions of
    /// changed sessions: notes them. A note that is there keeps its due time, so a session that changes all the time is
    /// announced all the same.
    /// </summary>
    public static string Note(string dueAt) => $"""
        INSERT INTO unpublished_sessions (
            site_id, stream_key, started_at, session_id, revision, noted_at, due_at, trace)
        SELECT site_id, stream_key, started_at, session_id, revision, now(), {dueAt}, {OutboxTrace.OfTransaction}
        FROM changed ORDER BY 1, 2, 3, 4
        ON CONFLICT (site_id, stream_key, started_at, session_id) DO UPDATE
        SET revision = excluded.revision, due_at = LEAST(unpublished_sessions.due_at, excluded.due_at),
            trace = coalesce(excluded.trace, unpublished_sessions.trace)
        """;

    // OFFSET 0 has each session looked up in its month; else the planner may read all sessions of all months.
    internal static readonly string SelectDue = Select("due_at <= now()", "due_at");

    // Somebody waits for these.
    private static readonly string SelectAwaited = Select("noted_at <= $2", "noted_at");

    private static string Select(string condition, string order) => $"""
        SELECT {SessionTable.StoredColumns}, now(), u.trace
        FROM (SELECT * FROM unpublished_sessions WHERE {condition} ORDER BY {order} LIMIT $1) u
        JOIN LATERAL (
            SELECT * FROM sessions
            WHERE site_id = u.site_id AND stream_key = u.stream_key AND started_at = u.started_at
                AND session_id = u.session_id
            OFFSET 0) s ON true
        """;

    // What a step of the relay holds in memory, give or take one session.
    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>
    /// Sessions that are due, as they are stored now, and the database's time of the reading; whether there may be more.
    /// </summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="awaited">Instead of those that are due, those noted up to this time; null: nobody waits.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<(List<SessionRecord> Sessions, bool HasMore, DateTime ReadAt)> LoadDueAsync(
        NpgsqlDataSource dataSource, DateTime? awaited, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(awaited is null ? SelectDue : SelectAwaited);
        command.Parameters.Add(new() { Value = limit });
        if (awaited is { } notedUntil)
            command.Parameters.Add(new() { Value = notedUntil });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sessions = new List<SessionRecord>();
        var readAt = DateTime.MinValue;
        var bytes = 0L;
        while (bytes < MostBytes && await reader.ReadAsync(cancellationToken))
        {
            var session = SessionTable.Read(reader) with
            {
                Trace = OutboxTrace.Read(reader, SessionTable.StoredColumnCount + 1),
            };
            bytes += session.Bytes;
            sessions.Add(session);
            readAt = reader.GetDateTime(SessionTable.StoredColumnCount);
        }

        return (sessions, sessions.Count == limit || bytes >= MostBytes, readAt);
    }

    // In key order, for those who wait for one another.
    private const string LockNotes = """
        SELECT 1 FROM unpublished_sessions
        JOIN unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[])
            AS given (site_id, stream_key, started_at, session_id)
            USING (site_id, stream_key, started_at, session_id)
        ORDER BY site_id, stream_key, started_at, session_id
        FOR UPDATE OF unpublished_sessions
        """;

    // A note that somebody else has in hand stays, and its session is announced once more: nobody waits for the relay,
    // nor the relay for anybody. What changed again while it was being published is due later.
    private const string TakeBackPublished = """
        WITH published AS MATERIALIZED (
            SELECT u.site_id, u.stream_key, u.started_at, u.session_id, u.revision <= given.revision AS is_newest
            FROM unpublished_sessions u
            JOIN unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::int[])
                AS given (site_id, stream_key, started_at, session_id, revision)
                USING (site_id, stream_key, started_at, session_id)
            FOR UPDATE OF u SKIP LOCKED
        ), deleted AS (
            DELETE FROM unpublished_sessions u USING published p
            WHERE u.site_id = p.site_id AND u.stream_key = p.stream_key AND u.started_at = p.started_at
                AND u.session_id = p.session_id AND p.is_newest)
        UPDATE unpublished_sessions u SET noted_at = $6, due_at = now() + $7 FROM published p
        WHERE u.site_id = p.site_id AND u.stream_key = p.stream_key AND u.started_at = p.started_at
            AND u.session_id = p.session_id AND NOT p.is_newest
        """;

    /// <summary>
    /// Adds the statement that locks the notes of these sessions, as far as there are any. A transaction needs it that
    /// notes sessions of streams that it has not locked, by more than one statement: each is in key order, but not both
    /// together.
    /// </summary>
    public static void AddLock(NpgsqlBatch batch, IReadOnlyCollection<SessionAddress> addresses) => batch.Add(
        LockNotes,
        addresses.Select(a => a.Stream.SiteId).ToArray(),
        addresses.Select(a => a.Stream.StreamKey).ToArray(),
        addresses.Select(a => Micros.ToDateTime(a.StartedAt)).ToArray(),
        addresses.Select(a => a.SessionId).ToArray());

    /// <summary>Takes back the notes of what has been published, unless the session has changed since.</summary>
    public static async Task MarkPublishedAsync(
        NpgsqlDataSource dataSource,
        IReadOnlyList<SessionRecord> published,
        DateTime readAt,
        TimeSpan liveInterval,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(
            TakeBackPublished,
            published.Select(s => s.Address.Stream.SiteId).ToArray(),
            published.Select(s => s.Address.Stream.StreamKey).ToArray(),
            published.Select(s => Micros.ToDateTime(s.Address.StartedAt)).ToArray(),
            published.Select(s => s.Address.SessionId).ToArray(),
            published.Select(s => s.Revision).ToArray(),
            readAt,
            liveInterval);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
