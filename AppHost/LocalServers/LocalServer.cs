using System.Collections.Concurrent;

namespace SessionPlatform.LocalServers;

/// <summary>A private server as one process tree that can be stopped, killed and started again on its data.</summary>
internal sealed class LocalServer(Func<Action<string, bool>, SupervisedCommand> command) : IAsyncDisposable
{
    private const int KeptLines = 50;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<string> lastLines = new();
    private SupervisedProcess? process;

    /// <summary>Starts it and waits until <paramref name="answers"/> says that it can be used.</summary>
    public async Task StartAsync(Func<CancellationToken, Task<bool>> answers, CancellationToken cancellationToken)
    {
        var what = command(Keep);
        var started = SupervisedProcess.Start(what);
        process = started;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        try
        {
            while (!await answers(timeout.Token))
            {
                if (started.Exit.IsCompleted)
                {
                    throw new InvalidOperationException(
                        $"{what.Name} ended with code {await started.Exit}: {string.Join('\n', lastLines)}");
                }

                await Task.Delay(ProbeInterval, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await StopAsync();
            throw new TimeoutException(
                $"{what.Name} did not answer within {StartTimeout}: {string.Join('\n', lastLines)}");
        }
    }

    public async Task StopAsync()
    {
        if (process is { } running)
            await running.StopAsync();
    }

    public async Task KillAsync()
    {
        if (process is { } running)
            await running.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { } running)
            await running.DisposeAsync();
    }

    private void Keep(string line, bool isError)
    {
        lastLines.Enqueue(line);
        while (lastLines.Count > KeptLines)
            lastLines.TryDequeue(out _);
    }
}
