using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace SessionPlatform.Messaging;

/// <summary>Follows the deliveries of one consumed queue from arrival to acknowledgement.</summary>
internal sealed class ConsumedQueue(
    int partition,
    BusOptions options,
    StopDeadline stopDeadline,
    CheckpointRelay checkpoints,
    TimeProvider time,
    ILogger logger)
{
    // A new channel numbers its deliveries from 1 while the last deliveries of the old one are still being processed.
    private readonly ConditionalWeakTable<IChannel, AckTracker> trackers = [];

    public BusOptions Options => options;

    public StopDeadline StopDeadline => stopDeadline;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>
    /// Held while a batch is applied, so that one batch runs at a time, even when a new channel or bus starts while a
    /// batch of the old one runs.
    /// </summary>
    public SemaphoreSlim ProcessingLock { get; } = new(1);

    /// <summary>Notes a message that arrived.</summary>
    public void Arrive(ReceiveContext context)
    {
        var channel = Payload<ChannelContext>(context).Channel;
        var delivery = new Delivery(
            this,
            trackers.GetValue(channel, _ => new AckTracker()),
            Payload<RabbitMqBasicConsumeContext>(context).DeliveryTag,
            context.TransportHeaders.Get<Guid>(MessageHeaders.MessageId));
        context.GetOrAddPayload(() => delivery);
    }

    /// <summary>
    /// Called after the acknowledgement was sent to the broker, also for a message that went to the error queue.
    /// </summary>
    public static void Finish(ReceiveContext context)
    {
        if (context.TryGetPayload<Delivery>(out var delivery))
            delivery.Queue.Pass(delivery.Acks.Finish(delivery.Tag, delivery.MessageId));
    }

    /// <summary>
    /// Called for a delivery that goes back to the queue. Also called for a delivery that cannot be read; the call of
    /// <see cref="Finish"/> that follows then counts.
    /// </summary>
    public static void Requeue(ReceiveContext context)
    {
        if (context.TryGetPayload<Delivery>(out var delivery))
            delivery.Acks.Requeue(delivery.Tag, delivery.MessageId);
    }

    /// <summary>Notes that a delivery is the marker of a checkpoint.</summary>
    public void Mark(Delivery delivery, string checkpointId) => Pass(delivery.Acks.Mark(delivery.Tag, checkpointId));

    private void Pass(IReadOnlyList<string> passed)
    {
        foreach (var checkpoint in passed)
            checkpoints.Pass(checkpoint, partition);
    }

    private static T Payload<T>(ReceiveContext context)
        where T : class =>
        context.TryGetPayload<T>(out var payload)
            ? payload
            : throw new InvalidOperationException($"The transport gives no {typeof(T).Name}.");
}

/// <summary>One delivery of a message to this process.</summary>
internal sealed record Delivery(ConsumedQueue Queue, AckTracker Acks, ulong Tag, Guid? MessageId);
