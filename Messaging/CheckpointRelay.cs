using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SessionPlatform.Messaging;

/// <summary>
/// Tells the service's checkpoint log what is passed, apart from the consumers, which must not wait for it.
/// </summary>
internal sealed partial class CheckpointRelay(
    IServiceScopeFactory scopes, TimeProvider time, ILogger<CheckpointRelay> logger) : BackgroundService
{
    private const int Tries = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // A checkpoint that is dropped here is placed again by whoever waits for it.
    private readonly Channel<Passed> passed = Channel.CreateBounded<Passed>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Pass(string checkpointId, int partition) => passed.Writer.TryWrite(new Passed(checkpointId, partition));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var checkpoint in passed.Reader.ReadAllAsync(stoppingToken))
            await TellAsync(checkpoint, stoppingToken);
    }

    private async Task TellAsync(Passed checkpoint, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                if (scope.ServiceProvider.GetService<ICheckpointLog>() is { } log)
                    await log.PassedAsync(checkpoint.Id, checkpoint.Partition, cancellationToken);
                return;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it is, the next checkpoint is to be tried as well.
                Log.NotNoted(logger, checkpoint.Id, checkpoint.Partition, attempt, error);
                await Task.Delay(Pause * attempt, time, cancellationToken);
            }
        }
    }

    private readonly record struct Passed(string Id, int Partition);

    private static partial class Log
    {
        [LoggerMessage(
            5111, LogLevel.Warning, "Checkpoint {Checkpoint} of partition {Partition} was not noted, try {Attempt}")]
        public static partial void NotNoted(
            ILogger logger, string checkpoint, int partition, int attempt, Exception error);
    }
}
