using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Closing;

/// <summary>
/// Closes sessions that are over: their timeout has passed, and nothing has arrived for their stream for the settle
/// time. Closing is an announcement; a late event may open a session again.
/// </summary>
internal sealed class SessionCloser(
    NpgsqlDataSource dataSource,
    SessionizerMetrics metrics,
    IOptions<SessionizerOptions> options,
    TimeProvider time,
    ILogger<SessionCloser> logger)
    : SingletonLoop(dataSource, LockKey, options.Value.PollInterval, time, logger)
{
    private const long LockKey = 0x5e5510_0004;

    private readonly NpgsqlDataSource _dataSource = dataSource;
    private readonly TimeProvider _time = time;

    // A stream that is locked is being changed: it is not settled, and its turn comes later.
    private const string LockDue = """
        SELECT site_id, stream_key FROM streams
        WHERE open_until < $1 AND last_arrival_at <= $2
        ORDER BY site_id, stream_key
        LIMIT $3
        FOR UPDATE SKIP LOCKED
        """;

    private static readonly string Close = $"""
        WITH changed AS (
            UPDATE sessions s
            SET closed = true, revision = s.revision + 1,
                end_reason = coalesce(s.end_reason, {(int)Session.Types.BoundaryReason.Timeout}), history = s.history || $4
            FROM unnest($1::text[], $2::text[]) AS due (site_id, stream_key)
            WHERE s.site_id = due.site_id AND s.stream_key = due.stream_key AND NOT s.closed AND NOT s.retracted
                AND s.over_at < $3
            RETURNING s.site_id, s.stream_key, s.started_at, s.session_id, s.revision)
        {UnpublishedTable.Note("now()")}
        """;

    private const string RenewOpenUntil = """
        UPDATE streams SET open_until = (
            SELECT min(s.over_at) FROM sessions s
            WHERE s.site_id = due.site_id AND s.stream_key = due.stream_key AND NOT s.closed AND NOT s.retracted)
        FROM unnest($1::text[], $2::text[]) AS due (site_id, stream_key)
        WHERE streams.site_id = due.site_id AND streams.stream_key = due.stream_key
        """;

    protected internal override async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var due = await LockDueAsync(connection, now, cancellationToken);
        if (due.Count == 0)
            return false;

        var siteIds = due.Select(stream => stream.SiteId).ToArray();
        var streamKeys = due.Select(stream => stream.StreamKey).ToArray();
        var history = RevisionHistory.Of(
            new() { Cause = SessionRevision.Types.Cause.Closed, Revisions = 1, At = Micros.FromDateTime(now) });
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Close, siteIds, streamKeys, now, history);
        batch.Add(RenewOpenUntil, siteIds, streamKeys);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        var closed = (int)batch.BatchCommands[0].RecordsAffected;
        await transaction.CommitAsync(cancellationToken);
        metrics.Closed(closed);
        return due.Count == options.Value.StepSize;
    }

    private async Task<List<StreamId>> LockDueAsync(
        NpgsqlConnection connection, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LockDue, connection)
        {
            Parameters =
            {
                new() { Value = now },
                new() { Value = now - options.Value.Settle },
                new() { Value = options.Value.StepSize },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<StreamId>();
        while (await reader.ReadAsync(cancellationToken))
            due.Add(new(reader.GetString(0), reader.GetString(1)));
        return due;
    }
}
