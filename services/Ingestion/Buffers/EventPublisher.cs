using System.Diagnostics;
using Google.Protobuf.Collections;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Messaging;

namespace SessionPlatform.Ingestion.Buffers;

/// <summary>The buffers of all partitions and of the rejected events, and the gate in front of them.</summary>
internal sealed class EventPublisher : IHostedService, IAsyncDisposable
{
    // A queue gets room as soon as a message of it is done with.
    private static readonly TimeSpan HoldPause = TimeSpan.FromMilliseconds(200);

    private readonly IPartitionPublisher bus;
    private readonly TimeSpan holdWhenFull;
    private readonly TimeProvider time;
    private readonly IngestionMetrics metrics;
    private readonly AdmissionGate gate;
    private readonly MessageBuffer<AcceptedEvent>[] partitions;
    private readonly MessageBuffer<RejectedEvent> rejects;

    public EventPublisher(
        IPartitionPublisher bus,
        IOptions<BusOptions> busOptions,
        IOptions<IngestionOptions> options,
        IngestionMetrics metrics,
        TimeProvider time)
    {
        this.bus = bus;
        this.metrics = metrics;
        this.time = time;
        holdWhenFull = options.Value.HoldWhenFull;
        gate = new AdmissionGate(options.Value.PendingBytes);
        metrics.ObservePending(() => gate.Used);
        partitions = [.. Enumerable.Range(0, busOptions.Value.Partitions).Select(partition =>
            new MessageBuffer<AcceptedEvent>(
                (events, token) => PublishAsync(events, partition, token), options.Value, time))];
        rejects = new MessageBuffer<RejectedEvent>(PublishAsync, options.Value, time);
    }

    /// <summary>Number of partitions of the bus.</summary>
    public int Partitions => partitions.Length;

    /// <summary>Waits until there is room for a request of this size, and opens a submission for its events.</summary>
    public async ValueTask<Submission> OpenAsync(int size, CancellationToken cancellationToken)
    {
        var weight = gate.WeightOf(size);
        await gate.EnterAsync(weight, cancellationToken);
        return new Submission(() => gate.Leave(weight));
    }

    /// <summary>Hands in an accepted event.</summary>
    public void Add(AcceptedEvent accepted, int partition, int size, Submission submission) =>
        partitions[partition].Add(accepted, size, submission);

    /// <summary>Hands in a rejected event.</summary>
    public void Add(RejectedEvent rejected, Submission submission) =>
        rejects.Add(rejected, rejected.CalculateSize(), submission);

    /// <summary>
    /// Puts a marker into every partition, behind everything acknowledged so far: what is acknowledged was confirmed,
    /// so it is in the queue already.
    /// </summary>
    public Task PlaceCheckpointAsync(string checkpointId, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Partitions).Select(partition => bus.PublishAsync(
            new EventsAccepted { CheckpointId = checkpointId, Partition = partition }, partition, cancellationToken)));

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Flushes: the server has stopped taking calls before, and the bus stops after.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        [.. partitions.Select(buffer => buffer.DrainAsync(cancellationToken)), rejects.DrainAsync(cancellationToken)]);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var buffer in partitions)
            await buffer.DisposeAsync();
        await rejects.DisposeAsync();
    }

    private async Task PublishAsync(List<AcceptedEvent> events, int partition, CancellationToken cancellationToken)
    {
        var message = new EventsAccepted { Partition = partition };
        Fill(message.Events, events);
        var start = Stopwatch.GetTimestamp();
        await HoldingAsync(() => bus.PublishAsync(message, partition, cancellationToken), cancellationToken);
        metrics.Published(Stopwatch.GetElapsedTime(start), events.Count);
    }

    private async Task PublishAsync(List<RejectedEvent> events, CancellationToken cancellationToken)
    {
        var message = new EventsRejected();
        Fill(message.Rejects, events);
        await HoldingAsync(() => bus.PublishAsync(message, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Tries again while the queue is full: to refuse a message means that streams end, and that all of their batches that
    /// are under way, of other queues as well, are sent once more, when there is too much of them already.
    /// </summary>
    private async Task HoldingAsync(Func<Task> publishAsync, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                await publishAsync();
                return;
            }
            catch (BrokerFullException) when (time.GetElapsedTime(start) < holdWhenFull)
            {
                metrics.Held();
            }

            await Task.Delay(HoldPause, time, cancellationToken);
        }
    }

    private static void Fill<T>(RepeatedField<T> field, List<T> items)
    {
        field.Capacity = items.Count;
        field.AddRange(items);
    }
}
