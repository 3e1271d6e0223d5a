using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

// The official package puts its extension methods here, so that a service needs no using.
namespace Microsoft.Extensions.Hosting;

/// <summary>Registers an <see cref="NpgsqlDataSource"/> for a named connection.</summary>
public static class AspirePostgreSqlNpgsqlExtensions
{
    private const string Section = "Aspire:Npgsql";

    /// <summary>
    /// Adds a singleton <see cref="NpgsqlDataSource"/> for <c>ConnectionStrings:{connectionName}</c> and the health
    /// check <c>PostgreSql</c>.
    /// </summary>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = new NpgsqlSettings();
        builder.Configuration.GetSection(Section).Bind(settings);
        builder.Configuration.GetSection($"{Section}:{connectionName}").Bind(settings);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName)
            ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);

        builder.Services.AddSingleton(services =>
            CreateDataSource(services, connectionName, settings, configureDataSourceBuilder));
        if (!settings.DisableHealthChecks)
            builder.Services.AddHealthChecks().AddCheck<DataSourceHealthCheck>("PostgreSql");
    }

    private static NpgsqlDataSource CreateDataSource(
        IServiceProvider services,
        string connectionName,
        NpgsqlSettings settings,
        Action<NpgsqlDataSourceBuilder>? configure)
    {
        if (string.IsNullOrEmpty(settings.ConnectionString))
        {
            throw new InvalidOperationException(
                $"No connection string: set ConnectionStrings:{connectionName} or {Section}:ConnectionString.");
        }

        var dataSource = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        dataSource.UseLoggerFactory(services.GetService<ILoggerFactory>());
        configure?.Invoke(dataSource);
        return dataSource.Build();
    }

    private sealed class DataSourceHealthCheck(NpgsqlDataSource dataSource) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = dataSource.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException)
            {
                return new HealthCheckResult(context.Registration.FailureStatus, exception: error);
            }
        }
    }
}
