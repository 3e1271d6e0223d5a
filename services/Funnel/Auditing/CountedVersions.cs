using Npgsql;
using SessionPlatform.Funnel.Database;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>Compares the table <c>counted_versions</c>, which covers the whole site regardless of a range.</summary>
internal static class CountedVersions
{
    /// <summary>Returns by version the stored number of sessions, null without a row, and the actual number.</summary>
    public static async Task<List<(int Version, long? Stored, long Recomputed)>> CompareAsync(
        NpgsqlConnection connection, string siteId, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT version, v.sessions, coalesce(d.sessions, 0)
            FROM (SELECT version, sessions FROM counted_versions WHERE site_id = $1) AS v
            FULL JOIN (
                SELECT configuration_version AS version, count(*) AS sessions FROM session_documents
                WHERE site_id = $1 AND NOT retracted GROUP BY configuration_version) AS d USING (version)
            ORDER BY version
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(sql, siteId));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var versions = new List<(int, long?, long)>();
        while (await reader.ReadAsync(cancellationToken))
            versions.Add((reader.GetInt32(0), Sql.Long(reader, 1), reader.GetInt64(2)));
        return versions;
    }

    /// <summary>Stores the number of a version. The caller holds the exclusive lock of the site.</summary>
    public static async Task SetAsync(
        NpgsqlConnection connection, string siteId, int version, long sessions, CancellationToken cancellationToken)
    {
        const string sql = """
            INSERT INTO counted_versions (site_id, version, sessions) VALUES ($1, $2, $3)
            ON CONFLICT (site_id, version) DO UPDATE SET sessions = excluded.sessions
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(sql, siteId, version, sessions));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
