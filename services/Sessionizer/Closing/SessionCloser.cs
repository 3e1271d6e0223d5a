using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Database;
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
    : SingletonLoop(dataSource, AdvisoryLocks.SessionCloser, options.Value.PollInterval * PollsBetween, time, logger)
{

    // Each look goes through the streams that were busy just now, and closing is in no hurry.
    private const int PollsBetween = 5;

    // Batches wait for the streams of a step.
    private const int MostStreams = 500;

    private readonly NpgsqlDataSource _dataSource = dataSource;
    private readonly TimeProvider _time = time;

    // A stream that is locked is being changed: it is not settled, and its turn comes later. In no certain order, as
    // nobody is waited for.
    private const string LockDue = """
        SELECT site_id, stream_key, open_from FROM streams
        WHERE open_until < $1 AND last_arrival_at <= $2
        LIMIT $3
        FOR UPDATE SKIP LOCKED
        """;

    private static readonly string Close = $"""
        WITH changed AS (
            UPDATE sessions s
            SET closed = true, revision = s.revision + 1,
                end_reason = coalesce(s.end_reason, {(int)Session.Types.BoundaryReason.Timeout}), history = s.history || $4
            FROM unnest($1::text[], $2::text[], $5::timestamptz[]) AS due (site_id, stream_key, open_from)
            WHERE s.site_id = due.site_id AND s.stream_key = due.stream_key AND s.started_at >= due.open_from
                AND NOT s.closed AND NOT s.retracted AND s.over_at < $3
            RETURNING s.site_id, s.stream_key, s.started_at, s.session_id, s.revision)
        {UnpublishedTable.Note("now()")}
        """;

    private const string RenewOpen = """
        UPDATE streams SET (open_until, open_from) = (
            SELECT min(s.over_at), min(s.started_at) FROM sessions s
            WHERE s.site_id = due.site_id AND s.stream_key = due.stream_key AND s.started_at >= due.open_from
                AND NOT s.closed AND NOT s.retracted)
        FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS due (site_id, stream_key, open_from)
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

        var siteIds = due.Select(open => open.Stream.SiteId).ToArray();
        var streamKeys = due.Select(open => open.Stream.StreamKey).ToArray();
        var openFrom = due.Select(open => open.From).ToArray();
        var history = RevisionHistory.Of(
            new() { Cause = SessionRevision.Types.Cause.Closed, Revisions = 1, At = Micros.FromDateTime(now) });
        await using var batch = new NpgsqlBatch(connection);
        // Else, in a small table, a hash join reads all sessions of all months.
        batch.Add("SET LOCAL enable_hashjoin = off");
        batch.Add("SET LOCAL enable_mergejoin = off");
        batch.Add(Close, siteIds, streamKeys, now, history, openFrom);
        batch.Add(RenewOpen, siteIds, streamKeys, openFrom);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        var closed = (int)batch.BatchCommands[2].RecordsAffected;
        await transaction.CommitAsync(cancellationToken);
        metrics.Closed(closed);
        return due.Count == StepSize;
    }

    private int StepSize => Math.Min(options.Value.StepSize, MostStreams);

    private async Task<List<(StreamId Stream, DateTime From)>> LockDueAsync(
        NpgsqlConnection connection, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LockDue, connection)
        {
            Parameters =
            {
                new() { Value = now },
                new() { Value = now - options.Value.Settle },
                new() { Value = StepSize },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<(StreamId, DateTime)>();
        while (await reader.ReadAsync(cancellationToken))
            due.Add((new(reader.GetString(0), reader.GetString(1)), reader.GetDateTime(2)));
        return due;
    }
}
