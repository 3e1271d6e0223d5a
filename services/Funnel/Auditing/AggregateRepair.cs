using Grpc.Core;
using Npgsql;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// Replaces aggregates by a recount, under the exclusive lock of the site: appliers wait meanwhile and then continue
/// with the corrected values. It repairs one day per transaction, so that they wait only briefly.
/// </summary>
internal sealed class AggregateRepair(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// The maximum number of pending sessions that an audit includes; beyond it, the recount must finish first.
    /// </summary>
    public const int MaxPending = 10_000;

    private const int BatchSize = 500;

    // Invalidates cached copies of the visitors of the day.
    private const string ChangedSql = "UPDATE funnel_days SET changes = changes + 1 WHERE site_id = $1 AND day = $2";

    /// <summary>Replaces the contributions, facts and aggregates of a day.</summary>
    /// <returns>The number of rows written.</returns>
    public async Task<int> SetDayAsync(string siteId, DateOnly day, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginAsync(connection, siteId, cancellationToken);
        if (await ConfigurationSql.LoadAsync(connection, siteId, cancellationToken) is not { } configuration)
            return 0;
        var pending = await SessionRows.PendingAsync(connection, configuration, MaxPending, cancellationToken)
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

    /// <summary>Replaces the numbers of sessions by configuration version.</summary>
    /// <returns>The number of rows written.</returns>
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

    /// <summary>Creates the error for a site that is being recounted.</summary>
    public static RpcException IsRecounting() => GrpcErrors.Unavailable(
        "Sessions are being recounted after a change of funnels or rules. Try again when the recount is done.",
        TimeSpan.FromSeconds(10));

    /// <summary>
    /// Begins a READ COMMITTED transaction and takes the exclusive lock. Later statements use new snapshots and
    /// therefore see everything that previous holders of the lock committed.
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
        foreach (var chunk in rows.Chunk(BatchSize))
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
