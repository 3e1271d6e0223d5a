using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Messaging.Tests;

/// <summary>Hosts on the real broker; whatever they made there is deleted after each test.</summary>
[Collection(BrokerCollection.Name)]
public abstract class BusTest(Broker broker) : IAsyncLifetime
{
    protected const string Queue = "test";
    protected const string RejectQueue = "test-rejects";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<IHost> hosts = [];

    protected Broker Broker => broker;

    protected Work Work { get; } = new();

    protected Dictionary<string, string?> Settings { get; } = new()
    {
        ["ConnectionStrings:messaging"] = broker.Server.ConnectionString,
        ["Bus:Partitions"] = "2",
        ["Bus:RetryDelay"] = "00:00:00.010",
        ["Bus:StopTimeout"] = "00:00:02",
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Work.Release();
        foreach (var host in hosts.ToList())
            await StopAsync(host);
        await broker.EnsureRunningAsync();
        string[] queues = [$"{Queue}-0", $"{Queue}-1", RejectQueue];
        string[] exchanges = [EventsAccepted.Descriptor.FullName, EventsRejected.Descriptor.FullName, .. queues];
        var errors = queues.Select(queue => $"{queue}_error").ToList();
        await broker.DeleteAsync(exchanges.Concat(errors), queues.Concat(errors));
    }

    protected Task<IHost> StartPublisherAsync() => StartAsync(bus => bus
        .AddPartitionRoute<EventsAccepted>(Queue)
        .AddQueueRoute<EventsRejected>(RejectQueue));

    protected Task<IHost> StartConsumerAsync() => StartAsync(bus => bus
        .AddPartitionConsumer<EventsConsumer, EventsAccepted>(Queue)
        .AddQueueConsumer<RejectsConsumer, EventsRejected>(RejectQueue));

    protected async Task<IHost> StartAsync(Action<PlatformBusConfigurator> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton(Work);
        builder.Services.AddSingleton<ICheckpointLog>(Work);
        builder.AddPlatformBus(configure);
        var host = builder.Build();
        await host.StartAsync();
        hosts.Add(host);
        return host;
    }

    protected async Task StopAsync(IHost host)
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        hosts.Remove(host);
    }

    protected static IPartitionPublisher PublisherOf(IHost host) =>
        host.Services.GetRequiredService<IPartitionPublisher>();

    protected static EventsAccepted Message(string id, int partition = 0) => new()
    {
        Partition = partition,
        Events = { new AcceptedEvent { StreamKey = id } },
    };

    protected static EventsAccepted Marker(string checkpointId) => new() { CheckpointId = checkpointId };

    protected static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!await holds())
            await Task.Delay(20, timeout.Token);
    }

    protected static Task EventuallyAsync(Func<bool> holds) => EventuallyAsync(() => Task.FromResult(holds()));
}

/// <summary>What the consumers of a test did, and what they are to do.</summary>
public sealed class Work : ICheckpointLog
{
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Applied { get; } = [];

    public ConcurrentQueue<int> BatchSizes { get; } = [];

    public ConcurrentQueue<string> Passed { get; } = [];

    /// <summary>Called ahead of applying; throws to fail the batch.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task> Before { get; set; } =
        (_, _) => Task.CompletedTask;

    public void Release() => released.TrySetResult();

    public Task UntilReleasedAsync(CancellationToken cancellationToken) => released.Task.WaitAsync(cancellationToken);

    public async Task ApplyAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await Before(ids, cancellationToken);
        BatchSizes.Enqueue(ids.Count);
        foreach (var id in ids)
            Applied.Enqueue(id);
    }

    public Task PassedAsync(string checkpointId, int partition, CancellationToken cancellationToken)
    {
        Passed.Enqueue($"{checkpointId}/{partition}");
        return Task.CompletedTask;
    }
}

public sealed class EventsConsumer(Work work) : PartitionConsumer<EventsAccepted>
{
    protected override Task ApplyAsync(IReadOnlyList<EventsAccepted> messages, CancellationToken cancellationToken) =>
        work.ApplyAsync([.. messages.Select(message => message.Events[0].StreamKey)], cancellationToken);
}

public sealed class RejectsConsumer(Work work) : PartitionConsumer<EventsRejected>
{
    protected override Task ApplyAsync(IReadOnlyList<EventsRejected> messages, CancellationToken cancellationToken) =>
        work.ApplyAsync([.. messages.Select(message => message.Rejects[0].Reason)], cancellationToken);
}
