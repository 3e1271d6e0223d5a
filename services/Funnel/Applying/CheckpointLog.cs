using Npgsql;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Messaging;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// Records which checkpoints passed which partitions. Rows are deleted after a day, far longer than callers wait.
/// </summary>
internal sealed class CheckpointLog(NpgsqlDataSource dataSource, TimeProvider time) : ICheckpointLog
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    public async Task PassedAsync(string checkpointId, int partition, CancellationToken cancellationToken)
    {
        const string add = """
            INSERT INTO checkpoints (checkpoint_id, partition, passed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """;
        // Replicas sweep concurrently: each skips the rows that another one has locked.
        const string sweep = """
            DELETE FROM checkpoints WHERE (checkpoint_id, partition) IN (
                SELECT checkpoint_id, partition FROM checkpoints WHERE passed_at < $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)
            """;
        var now = time.GetUtcNow().UtcDateTime;
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(add, checkpointId, partition, now));
        batch.BatchCommands.Add(Sql.Command(sweep, now - Retention));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Returns the number of partitions that a checkpoint has passed; 0 for an unknown one.</summary>
    public async Task<int> CountAsync(string checkpointId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT count(*)::int FROM checkpoints WHERE checkpoint_id = $1");
        command.Parameters.Add(new() { Value = checkpointId });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
