using System.Data;
using System.Globalization;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>Where reports are computed: each in one snapshot, with bounded time.</summary>
internal sealed class ReportDatabase(NpgsqlDataSource dataSource, IOptions<FunnelOptions> options) : IDisposable
{
    private readonly SemaphoreSlim turns = new(options.Value.ReportsAtOnce);

    // Compiling a plan takes longer than most reports.
    private const string LimitsSql = """
        SELECT set_config('statement_timeout', $1, true), set_config('work_mem', $2, true),
            set_config('jit', 'off', true), set_config('enable_nestloop', $3, true)
        """;

    /// <summary>Computes a report from what is stored at one moment.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: it takes too long.</exception>
    public Task<T> ReadAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> computeAsync, CancellationToken cancellationToken) =>
        ReadAsync(joinsPersons: false, computeAsync, cancellationToken);

    /// <summary>The same.</summary>
    /// <param name="joinsPersons">
    /// Whether sessions are joined with all persons of the site. How many these are the planner often guesses far too low,
    /// and would go through them once for each session: they are to be hashed.
    /// </param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: it takes too long.</exception>
    public async Task<T> ReadAsync<T>(
        bool joinsPersons,
        Func<NpgsqlConnection, CancellationToken, Task<T>> computeAsync,
        CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        try
        {
            return await ReadBesideAsync(joinsPersons, computeAsync, cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>The same within a report, which has its turn already: in a snapshot of its own.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: it takes too long.</exception>
    public async Task<T> ReadBesideAsync<T>(
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
        catch (PostgresException error) when (
            error.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            throw GrpcErrors.ResourceExhausted(
                "The report takes too long: ask for a shorter period, for fewer metrics, or without distinct counts, "
                + "percentiles and a breakdown by path, event or conversion type.");
        }
    }

    public void Dispose() => turns.Dispose();

    /// <summary>Finds the regular expressions that PostgreSQL cannot compile.</summary>
    public async Task CheckAsync(
        IReadOnlyCollection<(string Field, string Expression)> expressions,
        Violations violations,
        CancellationToken cancellationToken)
    {
        // Most are right, so all of them together are tried first.
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

    /// <summary>The rows of a statement, one after the other.</summary>
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

    /// <summary>The time that a period means, by what the site has of sessions, of whatever segment.</summary>
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
            // Clocks of clients may be ahead.
            if (Sql.Time(row, 1) is { } last && last >= now)
                now = last.AddMicroseconds(1);
        }

        return period.Resolve(first, now, zone);
    }

    /// <summary>
    /// Whether all totals of hours are by the site's time zone; else sessions wait to be counted anew, perhaps since it
    /// was changed.
    /// </summary>
    public static async Task<bool> HasHoursAsync(
        NpgsqlConnection connection, SiteConfiguration configuration, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT 1 FROM site_configurations AS c
            WHERE c.site_id = $1 AND c.time_zone = $2 AND NOT EXISTS (
                SELECT FROM counted_versions AS v
                WHERE v.site_id = c.site_id AND v.version < c.version AND v.sessions > 0)
            """;
        var command = Sql.Command(sql, configuration.SiteId, configuration.TimeZone.Id);
        await foreach (var _ in RowsAsync(connection, command, cancellationToken))
            return true;
        return false;
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
                        // That there is an answer is the answer.
                    }

                    return true;
                },
                cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidRegularExpression)
        {
            return false;
        }
    }
}
