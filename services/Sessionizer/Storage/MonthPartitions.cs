using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using SessionPlatform.Database;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// Makes the monthly partitions of <c>events</c> and <c>sessions</c> before anything is written to them. Replayed
/// history may be of any age, so months are made when their first event comes; everything before <see
/// cref="FirstMonth"/> shares one partition, which bounds how many a client can cause.
/// </summary>
internal sealed class MonthPartitions(NpgsqlDataSource dataSource)
{
    private static readonly DateTime FirstMonth = new(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Tables = ["events", "sessions"];

    private readonly ConcurrentDictionary<DateTime, bool> _known = new();

    /// <summary>Returns once the partitions of all these times exist.</summary>
    public async ValueTask EnsureAsync(IEnumerable<long> times, CancellationToken cancellationToken)
    {
        HashSet<DateTime>? missing = null;
        foreach (var micros in times)
        {
            var month = MonthOf(Micros.ToDateTime(micros));
            if (!_known.ContainsKey(month))
                (missing ??= []).Add(month);
        }

        if (missing is null)
            return;
        foreach (var month in missing)
        {
            await CreateAsync(month, cancellationToken);
            _known.TryAdd(month, true);
        }
    }

    private static DateTime MonthOf(DateTime time) =>
        time < FirstMonth ? DateTime.MinValue : new DateTime(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc);

    private async Task CreateAsync(DateTime month, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({AdvisoryLocks.MonthPartitions})", cancellationToken);
        foreach (var table in Tables)
        {
            var name = month < FirstMonth
                ? $"{table}_before_{FirstMonth.Year}"
                : string.Create(CultureInfo.InvariantCulture, $"{table}_{month:yyyy_MM}");
            if (!await ExistsAsync(connection, name, cancellationToken))
                await ExecuteAsync(connection, CreateSql(table, name, month), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    // Attaching a finished table takes a lock that lets readers and writers of the other months go on;
    // CREATE TABLE … PARTITION OF would stop them all.
    private static string CreateSql(string table, string name, DateTime month)
    {
        var from = month < FirstMonth ? "MINVALUE" : Literal(month);
        var to = month < FirstMonth ? Literal(FirstMonth) : Literal(month.AddMonths(1));
        // Sessions change, and a change within the page costs no index entries; events never do.
        var fillFactor = table == "sessions" ? 80 : 100;
        return $"""
            CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
                WITH (fillfactor = {fillFactor});
            ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to});
            """;
    }

    private static string Literal(DateTime month) =>
        string.Create(CultureInfo.InvariantCulture, $"'{month:yyyy-MM-dd} 00:00:00+00'");

    private static async Task<bool> ExistsAsync(
        NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection)
        {
            Parameters = { new() { Value = name } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
