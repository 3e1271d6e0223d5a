using Npgsql;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// The table <c>checkpoints</c>: how far each has come. Kept for an hour; a caller that waits longer places a new one.
/// </summary>
internal static class CheckpointTable
{
    private const string InsertPassed = """
        INSERT INTO checkpoints (checkpoint_id, partition, passed_at) VALUES ($1, $2, clock_timestamp())
        ON CONFLICT DO NOTHING
        """;

    private const string DeleteOld = "DELETE FROM checkpoints WHERE passed_at < now() - interval '1 hour'";

    /// <summary>Everything ahead of the checkpoint in the partition is committed.</summary>
    public static async Task AddPassedAsync(
        NpgsqlDataSource dataSource, string checkpointId, int partition, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(InsertPassed, checkpointId, partition);
        batch.Add(DeleteOld);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private const string SelectAwaited = """
        SELECT max(passed_at) FROM (
            SELECT max(passed_at) AS passed_at FROM checkpoints
            WHERE published_at IS NULL GROUP BY checkpoint_id HAVING count(*) >= $1) AS complete
        """;

    /// <summary>
    /// Changes up to this time are waited for: a checkpoint passed every partition, and is sent on behind them. Null:
    /// nobody waits.
    /// </summary>
    public static async Task<DateTime?> FindAwaitedAsync(
        NpgsqlDataSource dataSource, int partitions, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(SelectAwaited);
        command.Parameters.Add(new() { Value = partitions });
        return await command.ExecuteScalarAsync(cancellationToken) as DateTime?;
    }

    // A note's noted_at says that everything before it is published, so no older note means no older change.
    private const string SelectPublishable = """
        SELECT checkpoint_id FROM checkpoints
        WHERE published_at IS NULL
        GROUP BY checkpoint_id
        HAVING count(*) >= $1
            AND max(passed_at) < coalesce((SELECT min(noted_at) FROM unpublished_sessions), 'infinity')
        """;

    /// <summary>Checkpoints that passed every partition and whose changes are all published.</summary>
    public static async Task<List<string>> FindPublishableAsync(
        NpgsqlDataSource dataSource, int partitions, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(SelectPublishable);
        command.Parameters.Add(new() { Value = partitions });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            ids.Add(reader.GetString(0));
        return ids;
    }

    /// <summary>The checkpoint has been sent on.</summary>
    public static async Task MarkPublishedAsync(
        NpgsqlDataSource dataSource, string checkpointId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "UPDATE checkpoints SET published_at = now() WHERE checkpoint_id = $1");
        command.Parameters.Add(new() { Value = checkpointId });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private const string Select = """
        SELECT count(*)::int, count(published_at)::int, min(passed_at) FROM checkpoints WHERE checkpoint_id = $1
        """;

    /// <summary>How many partitions it passed, whether it was sent on, and when it passed the first.</summary>
    public static async Task<(int Passed, bool Published, DateTime? FirstPassedAt)> FindAsync(
        NpgsqlDataSource dataSource, string checkpointId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Select);
        command.Parameters.Add(new() { Value = checkpointId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return Read(reader);
    }

    private static (int Passed, bool Published, DateTime? FirstPassedAt) Read(NpgsqlDataReader reader) =>
        (reader.GetInt32(0), reader.GetInt32(1) > 0, reader.IsDBNull(2) ? null : reader.GetDateTime(2));
}
