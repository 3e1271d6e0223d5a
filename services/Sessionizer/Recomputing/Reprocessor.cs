using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Database;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Recomputing;

/// <summary>
/// Computes the histories of sites anew whose rules were changed for all time: a few streams a transaction, in key
/// order, while events keep arriving. How far it is stands beside the streams and commits with them, so any replica
/// goes on after this one dies. A batch that meets a stream first computes it itself.
/// </summary>
internal sealed class Reprocessor(
    NpgsqlDataSource dataSource,
    RulesTimelines timelines,
    SessionizerMetrics metrics,
    IOptions<SessionizerOptions> options,
    TimeProvider time,
    ILogger<Reprocessor> logger)
    : SingletonLoop(dataSource, AdvisoryLocks.Reprocessor, options.Value.PollInterval, time, logger)
{

    // Batches wait for the streams of a step; more at once would gain little.
    private const int StreamsAtOnce = 50;

    private readonly NpgsqlDataSource _dataSource = dataSource;
    private readonly TimeProvider _time = time;

    private const string SelectStreams = """
        SELECT stream_key, base_version FROM streams
        WHERE site_id = $1 AND stream_key > $2
        ORDER BY stream_key
        LIMIT $3
        FOR UPDATE
        """;

    protected internal override async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        if (await ReprocessTable.FindPendingAsync(connection, cancellationToken) is not { } siteId)
            return false;

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ReprocessTable.LockAsync(connection, siteId, cancellationToken) is not { } pending)
            return true;
        var rules = (await timelines.GetAsync(
            connection, new Dictionary<string, SiteVersions> { [siteId] = pending.Versions }, cancellationToken))[siteId];
        var streams = await LockStreamsAsync(connection, siteId, pending.After, cancellationToken);
        var (recomputed, changed) = (0, 0);
        foreach (var (stream, baseVersion) in streams)
        {
            if (baseVersion >= pending.Versions.Base)
                continue;
            var recomputation = new StreamRecomputation(
                stream, rules, pending.Versions.Base, options.Value.LiveInterval, _time);
            await recomputation.RunAsync(connection, RecomputeCause.RuleChange, cancellationToken);
            changed += recomputation.Changed;
            recomputed++;
        }

        DateTime? finishedAt = streams.Count < StreamsAtOnce ? _time.GetUtcNow().UtcDateTime : null;
        await ReprocessTable.MoveAsync(
            connection, siteId, streams.Count > 0 ? streams[^1].Stream.StreamKey : pending.After, streams.Count, changed,
            finishedAt, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        metrics.Recomputed(recomputed);
        return true;
    }

    private static async Task<List<(StreamId Stream, int BaseVersion)>> LockStreamsAsync(
        NpgsqlConnection connection, string siteId, string after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SelectStreams, connection)
        {
            Parameters = { new() { Value = siteId }, new() { Value = after }, new() { Value = StreamsAtOnce } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var streams = new List<(StreamId, int)>();
        while (await reader.ReadAsync(cancellationToken))
            streams.Add((new(siteId, reader.GetString(0)), reader.GetInt32(1)));
        return streams;
    }
}
