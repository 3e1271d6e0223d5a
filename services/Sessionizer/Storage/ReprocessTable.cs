using Google.Protobuf.WellKnownTypes;
using Npgsql;
using NpgsqlTypes;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>The table <c>reprocesses</c>: how far the recomputation of each site's history has come.</summary>
internal static class ReprocessTable
{
    /// <summary>A site whose recomputation is not done; null: there is none.</summary>
    public static async Task<string?> FindPendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT site_id FROM reprocesses WHERE finished_at IS NULL ORDER BY started_at, site_id LIMIT 1", connection);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private const string Lock = """
        SELECT r.stream_key, sites.base_version, sites.rules_version
        FROM reprocesses r JOIN sites USING (site_id)
        WHERE site_id = $1 AND finished_at IS NULL
        FOR UPDATE OF r
        """;

    /// <summary>
    /// Locks the site's rules, shared, and its recomputation: the versions it goes by, and the key of the stream it is
    /// done with; null when it is done.
    /// </summary>
    public static async Task<(SiteVersions Versions, string After)?> LockAsync(
        NpgsqlConnection connection, string siteId, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        RulesLock.AddShared(batch, [siteId]);
        batch.Add(Lock, siteId);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (new(reader.GetInt32(1), reader.GetInt32(2)), reader.GetString(0))
            : null;
    }

    private const string Move = """
        UPDATE reprocesses SET stream_key = $2, streams_done = streams_done + $3,
            sessions_changed = sessions_changed + $4, finished_at = $5
        WHERE site_id = $1
        """;

    /// <summary>Notes what a step did, in its transaction.</summary>
    public static async Task MoveAsync(
        NpgsqlConnection connection,
        string siteId,
        string streamKey,
        int streams,
        int sessionsChanged,
        DateTime? finishedAt,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Move, connection)
        {
            Parameters =
            {
                new() { Value = siteId },
                new() { Value = streamKey },
                new() { Value = (long)streams },
                new() { Value = (long)sessionsChanged },
                new() { Value = finishedAt ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private const string Select = """
        SELECT base_version, streams, streams_done, sessions_changed, started_at, finished_at
        FROM reprocesses WHERE site_id = $1
        """;

    /// <summary>The latest recomputation of a site; null: there was none.</summary>
    public static async Task<Reprocess?> FindAsync(
        NpgsqlDataSource dataSource, string siteId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Select);
        command.Parameters.Add(new() { Value = siteId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static Reprocess Read(NpgsqlDataReader reader) => new()
    {
        RulesVersion = reader.GetInt32(0),
        Streams = (ulong)reader.GetInt64(1),
        StreamsDone = (ulong)reader.GetInt64(2),
        SessionsChanged = (ulong)reader.GetInt64(3),
        StartedAt = reader.GetDateTime(4).ToTimestamp(),
        FinishedAt = reader.IsDBNull(5) ? null : reader.GetDateTime(5).ToTimestamp(),
    };
}
