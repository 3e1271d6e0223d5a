using System.Data;
using System.Globalization;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Database;

/// <summary>Computes each report in one snapshot of the database, with bounded time and concurrency.</summary>
internal sealed class ReportDatabase(NpgsqlDataSource dataSource, IOptions<ReportOptions> options) : IDisposable
{
    private readonly SemaphoreSlim turns = new(options.Value.ReportsAtOnce);

    // JIT compilation of a plan takes longer than most reports.
    private const string LimitsSql = """
        SELECT set_config('statement_timeout', $1, true), set_config('work_mem', $2, true),
            set_config('jit', 'off', true), set_config('enable_nestloop', $3, true)
        """;

    /// <summary>Computes a report in one snapshot, when a turn is free.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the report takes too long.</exception>
    public Task<T> ReadAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> computeAsync, CancellationToken cancellationToken) =>
        ReadAsync(joinsPersons: false, computeAsync, cancellationToken);

    /// <summary>Computes a report in one snapshot, when a turn is free.</summary>
    /// <param name="joinsPersons">
    /// Whether sessions are joined with all persons of the site. The planner often underestimates their number and
    /// would choose a nested loop; true turns that off, so that it chooses a hash join.
    /// </param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the report takes too long.</exception>
    public async Task<T> ReadAsync<T>(
        bool joinsPersons,
        Func<NpgsqlConnection, CancellationToken, Task<T>> computeAsync,
        CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        try
        {
            return await ReadInNewSnapshotAsync(joinsPersons, computeAsync, cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>Reads in a new snapshot on behalf of a report that already has its turn.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the report takes too long.</exception>
    public async Task<T> ReadInNewSnapshotAsync<T>(
        bool joinsPersons,
        Func<NpgsqlConnection, CancellationToken, Task<T>> computeAsync,
        CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction =
                await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await using (var batch = new NpgsqlBatch(connection))
            {
                batch.BatchCommands.Add(Sql.Command(
                    LimitsSql,
                    ((long)options.Value.ReportTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
                    $"{options.Value.ReportMemoryMiB}MB",
                    joinsPersons ? "off" : "on"));
                await batch.ExecuteNonQueryAsync(cancellationToken);
            }

            return await computeAsync(connection, cancellationToken);
        }
        catch (PostgresException exception) when (
            exception.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            throw GrpcErrors.ResourceExhausted(
                "The report takes too long: ask for a shorter period, for fewer metrics, or without distinct counts, "
                + "percentiles and a breakdown by path, event or conversion type.");
        }
    }

    public void Dispose() => turns.Dispose();

    /// <summary>Reports the regular expressions that PostgreSQL cannot compile.</summary>
    public async Task CheckAsync(
        IReadOnlyCollection<(string Field, string Expression)> expressions,
        Violations violations,
        CancellationToken cancellationToken)
    {
        // Most are valid, so all of them are tried in one statement first.
        if (expressions.Count == 0
            || await CompilesAsync(expressions.Select(expression => expression.Expression), cancellationToken))
        {
            return;
        }

        foreach (var (field, expression) in expressions)
        {
            if (!await CompilesAsync([expression], cancellationToken))
                violations.Add(field, "must be a regular expression of PostgreSQL; this one does not compile");
        }
    }

    /// <summary>Streams the rows of a statement.</summary>
    public static async IAsyncEnumerable<NpgsqlDataReader> RowsAsync(
        NpgsqlConnection connection,
        NpgsqlBatchCommand command,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return reader;
    }

    /// <summary>Resolves a period by the first and last session of the site, regardless of the segment.</summary>
    public static async Task<ReportSpan> ResolveAsync(
        NpgsqlConnection connection,
        string siteId,
        AskedPeriod period,
        TimeZoneInfo zone,
        DateTime now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT min(started_at), max(started_at) FROM session_facts
            WHERE site_id = $1 AND started_at > $2 AND started_at < $3
            """;
        DateTime? first = null;
        await foreach (var row in RowsAsync(
            connection, Sql.Command(sql, siteId, Instants.First, Instants.Last), cancellationToken))
        {
            first = Sql.Time(row, 0);
            // The clocks of clients may be ahead.
            if (Sql.Time(row, 1) is { } last && last >= now)
                now = last.AddMicroseconds(1);
        }

        return period.Resolve(first, now, zone);
    }

    private async Task<bool> CompilesAsync(IEnumerable<string> expressions, CancellationToken cancellationToken)
    {
        const string sql = "SELECT count(*) FROM unnest($1::text[]) AS e(text) WHERE '' ~ e.text";
        var command = Sql.Command(sql, (object)expressions.ToArray());
        try
        {
            return await ReadAsync(
                async (connection, token) =>
                {
                    await foreach (var _ in RowsAsync(connection, command, token))
                    {
                        // The statement succeeded, which is all that matters.
                    }

                    return true;
                },
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidRegularExpression)
        {
            return false;
        }
    }
}
