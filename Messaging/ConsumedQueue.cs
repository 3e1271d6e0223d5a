using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace SessionPlatform.Messaging;

/// <summary>One queue that this process consumes: follows its deliveries from arrival to acknowledgement.</summary>
internal sealed class ConsumedQueue(
    int partition, BusOptions options, ServiceStop stop, CheckpointRelay checkpoints, TimeProvider time, ILogger logger)
{
    // By channel, since a new one counts deliveries from 1 while the last ones of the old are still under way.
    private readonly ConditionalWeakTable<IChannel, DeliveryLedger> ledgers = [];

    public BusOptions Options => options;

    public ServiceStop Stop => stop;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>
    /// Lets one batch at a time through, also where a new channel starts while a batch of the old one runs.
    /// </summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>A message came.</summary>
    public void Arrive(ReceiveContext context)
    {
        var channel = Payload<ChannelContext>(context).Channel;
        var delivery = new Delivery(
            this,
            ledgers.GetValue(channel, _ => new DeliveryLedger()),
            Payload<RabbitMqBasicConsumeContext>(context).DeliveryTag,
            context.TransportHeaders.Get<Guid>(MessageHeaders.MessageId));
        context.GetOrAddPayload(() => delivery);
    }

    /// <summary>Called once the broker was sent the acknowledgement, for messages in the error queue as well.</summary>
    public static void Finish(ReceiveContext context)
    {
        if (context.TryGetPayload<Delivery>(out var delivery))
            delivery.Queue.Pass(delivery.Ledger.Finish(delivery.Tag, delivery.MessageId));
    }

    /// <summary>
    /// Called for a delivery that goes back to the queue. Also for one that cannot be read, ahead of
    /// <see cref="Finish"/>, which then has the last word.
    /// </summary>
    public static void Requeue(ReceiveContext context)
    {
        if (context.TryGetPayload<Delivery>(out var delivery))
            delivery.Ledger.Requeue(delivery.Tag, delivery.MessageId);
    }

    public void Mark(Delivery delivery, string checkpointId) => Pass(delivery.Ledger.Mark(delivery.Tag, checkpointId));

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
internal sealed record Delivery(ConsumedQueue Queue, DeliveryLedger Ledger, ulong Tag, Guid? MessageId);
