using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Recounting;

/// <summary>
/// Counts stored sessions anew that were counted by an older configuration: after a funnel was defined, or after a
/// site's time zone or page patterns changed. The same deltas as for facts, in chunks, so facts go on meanwhile; what
/// is left is in the database, so that any replica goes on after this one dies.
/// </summary>
internal sealed partial class Recounter(
    NpgsqlDataSource dataSource,
    Applier applier,
    RecountSignal signal,
    IOptions<FunnelOptions> options,
    ILogger<Recounter> logger) : BackgroundService
{
    /// <summary>Recounts every site that needs it.</summary>
    /// <returns>How many sessions were recounted.</returns>
    public async Task<int> RecountAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT site_id, version FROM site_configurations AS c
            WHERE EXISTS (SELECT FROM counted_versions AS v
                          WHERE v.site_id = c.site_id AND v.version < c.version AND v.sessions > 0)
            ORDER BY site_id
            """;
        var sites = new List<(string SiteId, int Version)>();
        await using (var command = dataSource.CreateCommand(sql))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                sites.Add((reader.GetString(0), reader.GetInt32(1)));
        }

        var recounted = 0;
        foreach (var (siteId, version) in sites)
        {
            var sessions = await RecountAsync(siteId, version, cancellationToken);
            Log.Recounted(logger, siteId, sessions, version);
            recounted += sessions;
        }

        return recounted;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RecountAsync(stoppingToken);
            }
            // Whatever it is, results stay marked as pending, and the next round tries again.
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }

            await signal.WaitAsync(options.Value.RecountInterval, stoppingToken);
        }
    }

    /// <summary>
    /// One walk over a site's sessions. A session written by an applier that did not know yet is left to the next; so
    /// is one whose stored document is unreadable, until an audit has mended it.
    /// </summary>
    public async Task<int> RecountAsync(string siteId, int version, CancellationToken cancellationToken)
    {
        var recounted = 0;
        var keys = await NextAsync(siteId, version, new DocumentKey(siteId, "", Guid.Empty), cancellationToken);
        while (keys.Count > 0)
        {
            recounted += await applier.ApplyAsync(keys.Select(Change.Recount), cancellationToken);
            keys = await NextAsync(siteId, version, keys[^1], cancellationToken);
        }

        return recounted;
    }

    private async Task<List<DocumentKey>> NextAsync(
        string siteId, int version, DocumentKey after, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT visitor_id, session_id FROM session_documents
            WHERE site_id = $1 AND (visitor_id, session_id) > ($2, $3) AND configuration_version < $4 AND NOT retracted
            ORDER BY visitor_id, session_id LIMIT $5
            """;
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(
            Sql.Command(sql, siteId, after.VisitorId, after.SessionId, version, options.Value.RecountBatch));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var keys = new List<DocumentKey>();
        while (await reader.ReadAsync(cancellationToken))
            keys.Add(new DocumentKey(siteId, reader.GetString(0), reader.GetGuid(1)));
        return keys;
    }

    private static partial class Log
    {
        [LoggerMessage(
            3201, LogLevel.Information, "Site {Site}: {Sessions} sessions recounted by configuration {Version}")]
        public static partial void Recounted(ILogger logger, string site, int sessions, int version);

        [LoggerMessage(3202, LogLevel.Error, "Recounting failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
