using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using SessionPlatform.LocalServers;

namespace Aspire.Hosting.Running;

internal enum ResourceState
{
    Waiting,
    Starting,
    Running,
    Finished,
    Exited,
    FailedToStart,
}

/// <summary>One replica of a resource, from waiting to its end.</summary>
internal sealed class ResourceProcess(Resource resource, int replica, string name, TimeProvider clock)
{
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int?> finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SupervisedProcess? process;
    private int version;

    public Resource Resource => resource;

    public int Replica => replica;

    /// <summary>The resource's name; with replicas, followed by the replica's number.</summary>
    public string Name => name;

    /// <summary>Tells the replicas of a service apart in its telemetry.</summary>
    public string InstanceId { get; } = (replica + 1).ToString(CultureInfo.InvariantCulture);

    public DateTimeOffset CreatedAt { get; } = clock.GetUtcNow();

    public ResourceState State { get; private set; } = ResourceState.Waiting;

    public bool? IsHealthy { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? StoppedAt { get; private set; }

    public int? ExitCode { get; private set; }

    public int? ProcessId => process?.ProcessId;

    public IReadOnlyDictionary<string, string?> Variables { get; private set; } = new Dictionary<string, string?>();

    public Task Started => started.Task;

    public Task Ready => ready.Task;

    /// <summary>Completes with the exit code, or null when it never ran.</summary>
    public Task<int?> Finished => finished.Task;

    /// <summary>Grows with each change of what it shows.</summary>
    public int Version => Volatile.Read(ref version);

    public void Show(ResourceState state)
    {
        State = state;
        Interlocked.Increment(ref version);
    }

    /// <summary>Starts the process. Its end completes <see cref="Finished"/>.</summary>
    public void Start(SupervisedCommand command, IReadOnlyDictionary<string, string?> variables)
    {
        Variables = variables;
        process = SupervisedProcess.Start(command);
        StartedAt = clock.GetUtcNow();
        MarkStarted();
        _ = AwaitExitAsync(process);
    }

    /// <summary>For what has no process: a parameter or a connection string.</summary>
    public void MarkStarted()
    {
        Show(ResourceState.Running);
        started.TrySetResult();
    }

    public void MarkHealth(bool healthy)
    {
        var changed = IsHealthy != healthy;
        IsHealthy = healthy;
        if (healthy)
            ready.TrySetResult();
        if (changed)
            Interlocked.Increment(ref version);
    }

    public void MarkFailedToStart(Exception error)
    {
        Show(ResourceState.FailedToStart);
        started.TrySetException(error);
        ready.TrySetException(error);
        finished.TrySetResult(null);
        Observe();
    }

    public async Task StopAsync()
    {
        if (process is { } running)
            await running.StopAsync();
        finished.TrySetResult(null);
        ready.TrySetCanceled();
        started.TrySetCanceled();
    }

    private async Task AwaitExitAsync(SupervisedProcess running)
    {
        var code = await running.Exit;
        ExitCode = code;
        StoppedAt = clock.GetUtcNow();
        IsHealthy = null;
        Show(code == 0 ? ResourceState.Finished : ResourceState.Exited);
        ready.TrySetException(new InvalidOperationException($"{name} exited with code {code} before it was ready"));
        Observe();
        finished.TrySetResult(code);
    }

    // Nobody need wait for a resource; its failure is reported all the same.
    private void Observe()
    {
        _ = started.Task.Exception;
        _ = ready.Task.Exception;
    }
}
