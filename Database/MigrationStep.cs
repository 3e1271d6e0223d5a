using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SessionPlatform.Database;

/// <summary>Applies migrations before any other hosted service starts.</summary>
internal sealed partial class MigrationStep(
    NpgsqlDataSource dataSource, Assembly assembly, ILogger<MigrationStep> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // StartingAsync of every hosted service ends before StartAsync of the first begins.
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var applied = await Migrator.MigrateAsync(dataSource, assembly, cancellationToken);
                Log.Migrated(logger, applied);
                return;
            }
            catch (NpgsqlException exception) when (exception.IsTransient)
            {
                Log.Unavailable(logger, exception.Message);
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(5201, LogLevel.Information, "The database schema is up to date; {Applied} migrations were applied")]
        public static partial void Migrated(ILogger logger, int applied);

        [LoggerMessage(5202, LogLevel.Warning, "The database is unavailable; migrating is retried: {Reason}")]
        public static partial void Unavailable(ILogger logger, string reason);
    }
}
