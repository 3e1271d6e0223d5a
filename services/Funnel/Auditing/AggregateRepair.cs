using Grpc.Core;
using Npgsql;
using SessionPlatform.Funnel.Facts;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// Sets aggregates to a recount. Whoever counts sessions of the site waits meanwhile, and goes on with what is right: a
/// day at a time, so that the wait is short.
/// </summary>
internal sealed class AggregateRepair(NpgsqlDataSource dataSource)
{
    /// <summary>Sessions whose recount is awaited; beyond them the recount is not nearly done.</summary>
    public const int MostPending = 10_000;

    private const int RowsAtOnce = 500;

    // Copies of the day's visitors are of what was wrong.
    private const string ChangedSql = "UPDATE funnel_days SET changes = changes + 1 WHERE site_id = $1 AND day = $2";

    /// <summary>Sets what the sessions of a day are counted as, and the day's rows.</summary>
    /// <returns>How many rows were set.</returns>
    public async Task<int> SetDayAsync(string siteId, DateOnly day, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginAsync(connection, siteId, cancellationToken);
        if (await ConfigurationSql.LoadAsync(connection, siteId, cancellationToken) is not { } configuration)
            return 0;
        var pending = await SessionRows.PendingAsync(connection, configuration, MostPending, cancellationToken)
            ?? throw IsRecounting();
        var recount = new DayRecount(connection, configuration, pending);

        var sessions = new List<CountedSession>();
        var sums = await recount.SumAsync(
            day,
            session =>
            {
                sessions.Add(session);
                return Task.CompletedTask;
            },
            cancellationToken);
        var rows = new List<ComparedRow>();
        await foreach (var row in recount.CompareAsync(sums, cancellationToken))
        {
            if (!row.IsSame)
                rows.Add(row);
        }

        var facts = await new FactComparison(connection, configuration).RepairAsync(day, cancellationToken);
        await SessionRows.SetAsync(connection, sessions, configuration.Version, cancellationToken);
        await WriteAsync(connection, siteId, day, rows, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return sessions.Count + rows.Count + facts;
    }

    /// <summary>Sets how many sessions are counted by which version of the configuration.</summary>
    /// <returns>How many rows were set.</returns>
    public async Task<int> SetVersionsAsync(string siteId, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginAsync(connection, siteId, cancellationToken);
        var set = 0;
        foreach (var (version, stored, sessions) in
            await CountedVersions.CompareAsync(connection, siteId, cancellationToken))
        {
            if ((stored ?? 0) == sessions)
                continue;
            await CountedVersions.SetAsync(connection, siteId, version, sessions, cancellationToken);
            set++;
        }

        await transaction.CommitAsync(cancellationToken);
        return set;
    }

    public static RpcException IsRecounting() => GrpcErrors.Unavailable(
        "Sessions are being counted anew after a change of funnels or rules; try again when that is done.",
        TimeSpan.FromSeconds(10));

    /// <summary>
    /// Each statement has a snapshot of its own, the first one only after the lock is held: so it shows all that those
    /// who held it before have committed.
    /// </summary>
    private static async Task<NpgsqlTransaction> BeginAsync(
        NpgsqlConnection connection, string siteId, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(SiteLock.Exclusive(siteId));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection,
        string siteId,
        DateOnly day,
        List<ComparedRow> rows,
        CancellationToken cancellationToken)
    {
        foreach (var chunk in rows.Chunk(RowsAtOnce))
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var (key, _, values) in chunk)
            {
                batch.BatchCommands.Add(values is null
                    ? Sql.Command(key.Table.Delete, siteId, day, key.Funnel, key.Text, key.Stage)
                    : Sql.Command(key.Table.Set, siteId, day, key.Funnel, key.Text, key.Stage, values));
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var changed = new NpgsqlBatch(connection);
        changed.BatchCommands.Add(Sql.Command(ChangedSql, siteId, day));
        await changed.ExecuteNonQueryAsync(cancellationToken);
    }
}
