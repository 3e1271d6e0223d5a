using Npgsql;
using NpgsqlTypes;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// The table <c>fact_columns</c>. A column is valid for every report that plans a chunk of the same hours and change
/// counters, in whatever snapshot: so the table is read and written outside of the snapshot.
/// </summary>
internal sealed partial class ColumnTable(NpgsqlDataSource dataSource, ILogger<ColumnTable> logger)
{
    private const string AskedSql = """
        unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[])
            WITH ORDINALITY AS k(name, first_hour, last_hour, changes, index)
        """;

    private const string IsSame = """
        c.site_id = $1 AND c.name = k.name AND c.first_hour = k.first_hour AND c.last_hour = k.last_hour
            AND c.changes = k.changes
        """;

    private const string MissingSql =
        $"SELECT k.index FROM {AskedSql} WHERE NOT EXISTS (SELECT FROM fact_columns AS c WHERE {IsSame})";

    private const string ReadSql = $"SELECT k.index, c.packed FROM {AskedSql} JOIN fact_columns AS c ON {IsSame}";

    private const string LockPrefix = "session-platform/funnel/columns/";

    private const string LockSql = "SELECT pg_advisory_xact_lock($1)";

    // Chunks of other hours remain from when the day was less busy, or from another time zone; none is longer than a
    // day.
    private const string DeleteSql = """
        DELETE FROM fact_columns
        WHERE site_id = $1 AND name = ANY ($2) AND first_hour > $3 - interval '2 days' AND first_hour <= $4
            AND last_hour >= $3 AND first_hour <> $3
        """;

    // Of two columns of the same hours the one with more changes is newer; with as many changes it is equal, or
    // damaged.
    private const string WriteSql = """
        INSERT INTO fact_columns AS c (site_id, name, first_hour, last_hour, changes, packed)
        SELECT $1, name, $4, $5, $6, packed FROM unnest($2::text[], $3::bytea[]) AS k(name, packed) ORDER BY name
        ON CONFLICT (site_id, name, first_hour) DO UPDATE SET
            last_hour = excluded.last_hour, changes = excluded.changes, packed = excluded.packed
        WHERE c.last_hour <> excluded.last_hour OR c.changes <= excluded.changes
        """;

    /// <summary>Returns which of some columns of chunks are not stored.</summary>
    public async Task<List<(PlannedChunk Chunk, Column Column)>> MissingAsync(
        string siteId, IReadOnlyList<(PlannedChunk Chunk, Column Column)> asked, CancellationToken cancellationToken)
    {
        var missing = new List<(PlannedChunk, Column)>();
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Ask(MissingSql, siteId, asked));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            missing.Add(asked[(int)reader.GetInt64(0) - 1]);
        return missing;
    }

    /// <summary>Reads those of some columns that are stored and well-formed.</summary>
    public async Task ReadAsync(
        string siteId,
        IReadOnlyList<(PlannedChunk Chunk, Column Column)> asked,
        Action<PlannedChunk, Column, byte[]> found,
        CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Ask(ReadSql, siteId, asked));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var unreadable = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            var (chunk, column) = asked[(int)reader.GetInt64(0) - 1];
            if (Sql.Bytes(reader, 1) is { } packed && column.IsWellFormed(packed))
                found(chunk, column, packed);
            else
                unreadable++;
        }

        // The caller rebuilds them from the facts.
        if (unreadable > 0)
            Log.Unreadable(logger, siteId, unreadable);
    }

    public async Task WriteAsync(
        string siteId,
        PlannedChunk chunk,
        IReadOnlyDictionary<Column, byte[]> columns,
        CancellationToken cancellationToken)
    {
        string[] names = [.. columns.Keys.Select(column => column.Name)];
        byte[][] packed = [.. columns.Values];
        var write = Sql.Command(WriteSql, siteId, names, packed, chunk.FirstHour, chunk.LastHour, chunk.Changes);
        write.Parameters[2].NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea;
        // A batch is one transaction. Writers of a site take turns, so that none of them deadlock.
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(LockSql, SiteLock.KeyOf(LockPrefix, siteId)));
        batch.BatchCommands.Add(Sql.Command(DeleteSql, siteId, names, chunk.FirstHour, chunk.LastHour));
        batch.BatchCommands.Add(write);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Ask(
        string sql, string siteId, IReadOnlyList<(PlannedChunk Chunk, Column Column)> asked) =>
        Sql.Command(
            sql,
            siteId,
            asked.Select(each => each.Column.Name).ToArray(),
            asked.Select(each => each.Chunk.FirstHour).ToArray(),
            asked.Select(each => each.Chunk.LastHour).ToArray(),
            asked.Select(each => each.Chunk.Changes).ToArray());

    private static partial class Log
    {
        [LoggerMessage(
            3111, LogLevel.Warning, "Site {Site}: {Count} columns are unreadable and are rebuilt from the facts")]
        public static partial void Unreadable(ILogger logger, string site, int count);
    }
}
