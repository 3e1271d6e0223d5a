using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SessionPlatform.Messaging;

/// <summary>
/// Records passed checkpoints in the service's checkpoint log, in the background so that consumers do not wait for it.
/// </summary>
internal sealed partial class CheckpointRelay(
    IServiceScopeFactory scopes, TimeProvider time, ILogger<CheckpointRelay> logger) : BackgroundService
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Who waits for a checkpoint places it again, so one that is dropped here is only late.
    private readonly Channel<Passed> passed = Channel.CreateBounded<Passed>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Queues a passed checkpoint; the oldest is dropped when too many wait.</summary>
    public void Pass(string checkpointId, int partition) => passed.Writer.TryWrite(new Passed(checkpointId, partition));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var checkpoint in passed.Reader.ReadAllAsync(stoppingToken))
            await RecordAsync(checkpoint, stoppingToken);
    }

    private async Task RecordAsync(Passed checkpoint, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                if (scope.ServiceProvider.GetService<ICheckpointLog>() is { } log)
                    await log.PassedAsync(checkpoint.Id, checkpoint.Partition, cancellationToken);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Any failure is caught, so that the next checkpoint is tried as well.
                Log.NotRecorded(logger, checkpoint.Id, checkpoint.Partition, attempt, exception);
                await Task.Delay(Pause * attempt, time, cancellationToken);
            }
        }
    }

    private readonly record struct Passed(string Id, int Partition);

    private static partial class Log
    {
        [LoggerMessage(
            5111,
            LogLevel.Warning,
            "Checkpoint {Checkpoint} of partition {Partition} was not recorded (attempt {Attempt})")]
        public static partial void NotRecorded(
            ILogger logger, string checkpoint, int partition, int attempt, Exception exception);
    }
}
