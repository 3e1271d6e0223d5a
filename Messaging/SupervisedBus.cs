using MassTransit.Transports;
using Microsoft.Extensions.Logging;

namespace SessionPlatform.Messaging;

/// <summary>One MassTransit bus, which is started once, stopped once, and then replaced by a new one.</summary>
internal sealed partial class SupervisedBus(IBusInstance instance, BusConnections connections, ILogger logger)
    : IDisposable
{
    private readonly CancellationTokenSource startCancellation = new();
    private Task start = Task.CompletedTask;

    public IBusInstance Instance => instance;

    /// <summary>
    /// Begins to start the bus, which waits for the broker as long as it takes. <see cref="IBusInstance.BusControl"/>
    /// reports failures through its health.
    /// </summary>
    public void Start() => start = instance.BusControl.StartAsync(startCancellation.Token);

    /// <summary>
    /// Stops the bus: batches under way finish, as far as they do so within <paramref name="timeout"/>. Then closes
    /// its connections, whether the bus stopped or not.
    /// </summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        try
        {
            using var timeoutSource = new CancellationTokenSource(timeout);
            if (!start.IsCompleted)
            {
                await startCancellation.CancelAsync();
                // MassTransit throws the reason why the start did not succeed, which its health has reported.
                await start.WaitAsync(timeoutSource.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (start.IsCompletedSuccessfully)
                await instance.BusControl.StopAsync(timeoutSource.Token).WaitAsync(timeoutSource.Token);
        }
        catch (Exception exception)
        {
            Log.NotStopped(logger, timeout, exception);
        }
        finally
        {
            connections.Close();
        }
    }

    public void Dispose()
    {
        connections.Close();
        startCancellation.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(
            5131, LogLevel.Warning, "The bus did not stop within {Timeout}; its connections to the broker are closed")]
        public static partial void NotStopped(ILogger logger, TimeSpan timeout, Exception exception);
    }
}
