using Npgsql;

namespace SessionPlatform.LocalServers;

/// <summary>
/// Creates databases, each with a login role of the same name that can touch this database and no other.
/// </summary>
public static class PostgresDatabases
{
    /// <summary>Makes sure that the database and its role exist and that the role has this password.</summary>
    /// <param name="administrator">A superuser's connection string.</param>
    /// <param name="name">The name of both: lower-case letters, digits and underscores.</param>
    public static async Task EnsureAsync(
        string administrator, string name, string password, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(administrator);
        await connection.OpenAsync(cancellationToken);
        // Two who start at the same time take turns: CREATE has no usable "if not exists" for roles and databases.
        await ExecuteAsync(connection, "SELECT pg_advisory_lock(7305790140518)", cancellationToken);
        var role = await IsKnownAsync(connection, "SELECT 1 FROM pg_roles WHERE rolname = $1", name, cancellationToken);
        await ExecuteAsync(
            connection,
            $"{(role ? "ALTER" : "CREATE")} ROLE {Quote(name, '"')} LOGIN PASSWORD {Quote(password, '\'')}",
            cancellationToken);
        if (!await IsKnownAsync(
            connection, "SELECT 1 FROM pg_database WHERE datname = $1", name, cancellationToken))
        {
            await ExecuteAsync(
                connection, $"CREATE DATABASE {Quote(name, '"')} OWNER {Quote(name, '"')}", cancellationToken);
        }

        await ExecuteAsync(
            connection, $"REVOKE ALL ON DATABASE {Quote(name, '"')} FROM PUBLIC", cancellationToken);
        await ExecuteAsync(connection, "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC", cancellationToken);
    }

    private static async Task<bool> IsKnownAsync(
        NpgsqlConnection connection, string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

#pragma warning disable CA2100 // Utility statements take no parameters; names and passwords are quoted.
    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
#pragma warning restore CA2100

    private static string Quote(string text, char mark) => mark + text.Replace($"{mark}", $"{mark}{mark}") + mark;
}
