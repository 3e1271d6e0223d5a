using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using SessionPlatform.LocalServers;

namespace SessionPlatform.AppHost;

/// <summary>
/// PostgreSQL is healthy once it answers and every service's database and role exist. The check makes what is missing:
/// so nothing starts before its database is there, whether the server is a container or a process.
/// </summary>
internal sealed class PostgresHealthCheck(string administrator) : IHealthCheck
{
    private readonly Dictionary<string, string> missing = [];

    public void Add(string database, string password) => missing.Add(database, password);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            foreach (var (database, password) in missing.ToArray())
            {
                await PostgresDatabases.EnsureAsync(administrator, database, password, cancellationToken);
                missing.Remove(database);
            }

            await using var connection = new NpgsqlConnection(administrator);
            await connection.OpenAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException error)
        {
            return HealthCheckResult.Unhealthy(exception: error);
        }
    }
}

/// <summary>RabbitMQ is healthy when it greets: it opens its listener last.</summary>
internal sealed class RabbitMqHealthCheck(int port) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await LocalRabbitMq.GreetsAsync(port, cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy();
}
