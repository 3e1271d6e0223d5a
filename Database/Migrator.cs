using System.Reflection;
using Npgsql;

namespace SessionPlatform.Database;

/// <summary>
/// Migrates a database to the schema of its service: forward only, in one transaction, under an advisory lock. Replicas
/// that start together apply each migration once, and one that fails half-way leaves nothing behind.
/// </summary>
public static class Migrator
{
    /// <summary>
    /// Applies the pending migrations: SQL files embedded in the assembly under a folder "Migrations".
    /// </summary>
    /// <returns>The number of migrations applied.</returns>
    /// <exception cref="InvalidOperationException">
    /// The database is newer than the program, or an applied file was changed afterwards.
    /// </exception>
    public static async Task<int> MigrateAsync(
        NpgsqlDataSource dataSource, Assembly assembly, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(assembly);
        var migrations = Migration.In(assembly);

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({AdvisoryLocks.Migrations})", cancellationToken);
        await ExecuteAsync(connection, CreateLog, cancellationToken);
        var applied = await ReadLogAsync(connection, cancellationToken);
        Check(migrations, applied);

        foreach (var migration in migrations.Skip(applied.Count))
        {
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
            await using var append = new NpgsqlCommand(AppendLog, connection);
            append.Parameters.Add(new() { Value = migration.Version });
            append.Parameters.Add(new() { Value = migration.Name });
            append.Parameters.Add(new() { Value = migration.Checksum });
            await append.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        // A connection that was open before does not know types that a migration created.
        if (migrations.Count > applied.Count)
            await connection.ReloadTypesAsync(cancellationToken);
        return migrations.Count - applied.Count;
    }

    private const string CreateLog = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version int PRIMARY KEY,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now())
        """;

    private const string AppendLog = "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)";

    private const string ReadLog = "SELECT checksum FROM schema_migrations ORDER BY version";

    private static async Task<List<string>> ReadLogAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReadLog, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var checksums = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            checksums.Add(reader.GetString(0));
        return checksums;
    }

    private static void Check(IReadOnlyList<Migration> known, List<string> applied)
    {
        if (applied.Count > known.Count)
        {
            throw new InvalidOperationException(
                $"The database is at version {applied.Count}, this program knows {known.Count}: start a newer one.");
        }

        for (var index = 0; index < applied.Count; index++)
        {
            if (applied[index] != known[index].Checksum)
            {
                throw new InvalidOperationException(
                    $"The migration '{known[index].Name}' was changed after it was applied: add a new one instead.");
            }
        }
    }

    // No timeout: waiting for another replica, or for a long migration, is not a failure.
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
