using Google.Protobuf;
using Npgsql;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sites;

/// <summary>
/// Changes the rules of sites. New rules hold for sessions that begin from then on; with a recomputation, or while the
/// site has no events, for all of them.
/// </summary>
internal sealed class RuleChanges(NpgsqlDataSource dataSource, SiteStore sites, TimeProvider time)
{
    private const string LockSite = """
        SELECT rules_version, base_version, EXISTS (SELECT FROM streams WHERE streams.site_id = sites.site_id)
        FROM sites WHERE site_id = $1 FOR UPDATE
        """;

    // Never before the version that it follows, whatever the clock does.
    private const string InsertVersion = """
        INSERT INTO site_rules (site_id, version, valid_from, rules)
        SELECT $1, $2, greatest($3, max(valid_from)), $4 FROM site_rules WHERE site_id = $1
        """;

    private const string UpdateSite =
        "UPDATE sites SET rules_version = $2, base_version = $3 WHERE site_id = $1";

    // A clock that is ahead begins sessions after now.
    private const string MarkLaterStreams = """
        WITH later AS (
            SELECT DISTINCT stream_key FROM sessions
            WHERE site_id = $1 AND NOT retracted
                AND started_at >= (SELECT valid_from FROM site_rules WHERE site_id = $1 AND version = $2)
        ), locked AS (
            SELECT stream_key FROM streams JOIN later USING (stream_key)
            WHERE site_id = $1 ORDER BY stream_key FOR UPDATE OF streams)
        UPDATE streams SET base_version = 0 FROM locked
        WHERE streams.site_id = $1 AND streams.stream_key = locked.stream_key
        """;

    private const string BeginReprocess = """
        INSERT INTO reprocesses AS r (
            site_id, base_version, stream_key, streams, streams_done, sessions_changed, started_at)
        SELECT $1, $2, '', count(*), 0, 0, $3 FROM streams WHERE site_id = $1
        ON CONFLICT (site_id) DO UPDATE SET
            base_version = excluded.base_version, stream_key = '', streams = excluded.streams, streams_done = 0,
            sessions_changed = 0, started_at = excluded.started_at, finished_at = NULL
        """;

    /// <summary>Replaces the rules; null when there is no such site, or it is not at the expected version.</summary>
    public async Task<Site?> ApplyAsync(
        string siteId, SiteRules rules, int? expectedVersion, bool reprocess, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            if (await LockAsync(connection, siteId, cancellationToken) is not var (version, baseVersion, hasEvents)
                || (expectedVersion is { } expected && expected != version))
            {
                return null;
            }

            version++;
            await using var batch = new NpgsqlBatch(connection);
            batch.Add(InsertVersion, siteId, version, now, rules.ToByteArray());
            batch.Add(UpdateSite, siteId, version, reprocess || !hasEvents ? version : baseVersion);
            if (reprocess)
                batch.Add(BeginReprocess, siteId, version, now);
            else if (hasEvents)
                batch.Add(MarkLaterStreams, siteId, version);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            if (!reprocess && hasEvents && batch.BatchCommands[^1].RecordsAffected > 0)
                await BeginReprocessAsync(connection, siteId, baseVersion, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return await sites.FindAsync(siteId, cancellationToken);
    }

    private static async Task<(int Version, int BaseVersion, bool HasEvents)?> LockAsync(
        NpgsqlConnection connection, string siteId, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        RulesLock.AddExclusive(batch, siteId);
        batch.Add(LockSite, siteId);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetInt32(0), reader.GetInt32(1), reader.GetBoolean(2))
            : null;
    }

    private static async Task BeginReprocessAsync(
        NpgsqlConnection connection, string siteId, int baseVersion, DateTime now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(BeginReprocess, siteId, baseVersion, now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
