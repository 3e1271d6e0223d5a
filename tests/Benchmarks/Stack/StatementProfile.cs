using Npgsql;
using SessionPlatform.Benchmarks.Harness;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>
/// What each statement cost the server, by pg_stat_statements. On with <c>--profile</c> only: production runs without.
/// </summary>
internal static class StatementProfile
{
    private const int Statements = 15;
    private const int MostCharacters = 90;

    /// <summary>Enables recording from the next start of the server.</summary>
    public static async Task PrepareAsync(string administrator, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(administrator);
        foreach (var sql in new[]
        {
            "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'",
            "ALTER SYSTEM SET track_io_timing = on",
        })
        {
            await using var command = database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Resets the counters.</summary>
    public static async Task ResetAsync(string administrator, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(administrator);
        foreach (var sql in new[]
        {
            "CREATE EXTENSION IF NOT EXISTS pg_stat_statements", "SELECT pg_stat_statements_reset()",
        })
        {
            await using var command = database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Lists the most expensive statements with time, calls, rows, pages and bytes of write-ahead log.
    /// </summary>
    public static async Task<IReadOnlyList<Row>> ReadAsync(
        string administrator, int events, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT total_exec_time, calls, rows, wal_bytes::bigint, shared_blks_hit + shared_blks_read, query
            FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT $1
            """;
        await using var database = NpgsqlDataSource.Create(administrator);
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = Statements });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var words = string.Join(
                ' ', reader.GetString(5).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            rows.Add(new(
                words.Length > MostCharacters ? words[..MostCharacters] : words,
                $"{Row.Micros(TimeSpan.FromMilliseconds(reader.GetDouble(0)) / events)} an event",
                $"{Row.Count(reader.GetInt64(1))} calls, {Row.Count(reader.GetInt64(2))} rows",
                $"{Row.Count((double)reader.GetInt64(3) / events)} B log, "
                + $"{Row.Count((double)reader.GetInt64(4) / events)} pages an event"));
        }

        return rows;
    }
}
