using Npgsql;
using SessionPlatform.Messaging;

namespace SessionPlatform.Funnel.Storage;

/// <summary>Which checkpoints passed which partitions. Kept for a day: whoever waits has long gone by then.</summary>
internal sealed class CheckpointLog(NpgsqlDataSource dataSource, TimeProvider time) : ICheckpointLog
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public async Task PassedAsync(string checkpointId, int partition, CancellationToken cancellationToken)
    {
        const string add = """
            INSERT INTO checkpoints (checkpoint_id, partition, passed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """;
        // Several replicas sweep at the same time: each takes what the others do not hold.
        const string sweep = """
            DELETE FROM checkpoints WHERE (checkpoint_id, partition) IN (
                SELECT checkpoint_id, partition FROM checkpoints WHERE passed_at < $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)
            """;
        var now = time.GetUtcNow().UtcDateTime;
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(add, checkpointId, partition, now));
        batch.BatchCommands.Add(Sql.Command(sweep, now - Kept));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How many partitions a checkpoint has passed; 0 also for one never heard of.</summary>
    public async Task<int> CountAsync(string checkpointId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT count(*)::int FROM checkpoints WHERE checkpoint_id = $1");
        command.Parameters.Add(new() { Value = checkpointId });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
