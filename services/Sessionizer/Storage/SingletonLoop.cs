using Npgsql;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// Work that one replica at a time does, step by step, for ever. The replica that holds an advisory lock works; when it
/// dies its connection ends, and another one takes over. Steps must bear running twice: a lost connection is noticed
/// late.
/// </summary>
internal abstract partial class SingletonLoop(
    NpgsqlDataSource dataSource, long lockKey, TimeSpan pause, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Does one step.</summary>
    /// <returns>Whether there is more to do at once.</returns>
    protected internal abstract Task<bool> StepAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(stoppingToken);
                if (await TryLockAsync(connection, stoppingToken))
                    await LeadAsync(connection, stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The database or the broker is away, or a step failed: whatever it is, the next step starts from what
                // is stored.
                Log.StepFailed(logger, exception, GetType().Name);
            }

            await Task.Delay(PauseAfterFailure, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LeadAsync(NpgsqlConnection lockHolder, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await StepAsync(cancellationToken))
                continue;
            await Task.Delay(pause, time, cancellationToken);
            // Fails when the connection, and with it the lock, is lost.
            await using var probe = new NpgsqlCommand("SELECT 1", lockHolder);
            await probe.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection)
        {
            Parameters = { new() { Value = lockKey } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Warning, "A step of {Loop} failed; it is tried again")]
        public static partial void StepFailed(ILogger logger, Exception exception, string loop);
    }
}
