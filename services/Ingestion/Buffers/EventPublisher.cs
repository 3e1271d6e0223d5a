using System.Diagnostics;
using Google.Protobuf.Collections;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Ingestion.Configuration;
using SessionPlatform.Ingestion.Telemetry;
using SessionPlatform.Messaging;

namespace SessionPlatform.Ingestion.Buffers;

/// <summary>
/// Publishes events: one <see cref="MessageBuffer{T}"/> for each partition and one for rejected events, behind an
/// <see cref="AdmissionLimiter"/>.
/// </summary>
internal sealed class EventPublisher : IHostedService, IAsyncDisposable
{
    // A full queue has room again as soon as its consumer finishes a message.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly IPartitionPublisher bus;
    private readonly TimeSpan backpressureTimeout;
    private readonly TimeProvider time;
    private readonly IngestionMetrics metrics;
    private readonly AdmissionLimiter admission;
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
        backpressureTimeout = options.Value.BackpressureTimeout;
        admission = new AdmissionLimiter(options.Value.PendingBytes);
        metrics.ObservePending(() => admission.Used);
        partitions = [.. Enumerable.Range(0, busOptions.Value.Partitions).Select(partition =>
            new MessageBuffer<AcceptedEvent>(
                (events, token) => PublishAsync(events, partition, token), options.Value, time))];
        rejects = new MessageBuffer<RejectedEvent>(PublishAsync, options.Value, time);
    }

    /// <summary>Number of partitions of the bus.</summary>
    public int Partitions => partitions.Length;

    /// <summary>
    /// Waits until a request of this size in bytes is admitted, and opens a submission for its events.
    /// </summary>
    public async ValueTask<Submission> OpenAsync(int size, CancellationToken cancellationToken)
    {
        var weight = admission.WeightOf(size);
        await admission.EnterAsync(weight, cancellationToken);
        return new Submission(() => admission.Leave(weight));
    }

    /// <summary>Adds an accepted event of about this size in bytes to the buffer of its partition.</summary>
    public void Add(AcceptedEvent accepted, int partition, int size, Submission submission) =>
        partitions[partition].Add(accepted, size, submission);

    /// <summary>Adds a rejected event to its buffer.</summary>
    public void Add(RejectedEvent rejected, Submission submission) =>
        rejects.Add(rejected, rejected.CalculateSize(), submission);

    /// <summary>
    /// Publishes a checkpoint to every partition. It lies behind all acknowledged events, since these were confirmed by
    /// the broker and so are in the queue already.
    /// </summary>
    public Task PlaceCheckpointAsync(string checkpointId, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Partitions).Select(partition => bus.PublishAsync(
            new EventsAccepted { CheckpointId = checkpointId, Partition = partition }, partition, cancellationToken)));

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Flushes the buffers. The server stops accepting calls before it, and the bus stops after it.</summary>
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
        await PublishWithBackpressureAsync(
            () => bus.PublishAsync(message, partition, cancellationToken), cancellationToken);
        metrics.Published(Stopwatch.GetElapsedTime(start), events.Count);
    }

    private async Task PublishAsync(List<RejectedEvent> events, CancellationToken cancellationToken)
    {
        var message = new EventsRejected();
        Fill(message.Rejects, events);
        await PublishWithBackpressureAsync(() => bus.PublishAsync(message, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Publishes a message, and retries while its queue is full, up to the backpressure timeout. To refuse a message
    /// ends streams, whose unacknowledged batches, for other queues as well, are then sent again on top of the
    /// overload.
    /// </summary>
    private async Task PublishWithBackpressureAsync(Func<Task> publishAsync, CancellationToken cancellationToken)
    {
        // A loop, not a Polly pipeline: Polly's retry has no time limit, and its timeout cancels a running publish.
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                await publishAsync();
                return;
            }
            catch (BrokerFullException) when (time.GetElapsedTime(start) < backpressureTimeout)
            {
                metrics.BackpressureRetry();
            }

            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    private static void Fill<T>(RepeatedField<T> field, List<T> items)
    {
        field.Capacity = items.Count;
        field.AddRange(items);
    }
}
