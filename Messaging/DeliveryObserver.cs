using MassTransit;

namespace SessionPlatform.Messaging;

/// <summary>
/// Tells each consumed queue of its deliveries; MassTransit takes such observers for the bus as a whole only.
/// </summary>
internal sealed class DeliveryObserver : IReceiveObserver
{
    private readonly Dictionary<string, ConsumedQueue> queues = new(StringComparer.Ordinal);

    public void Add(string name, ConsumedQueue queue) => queues.Add(name, queue);

    public Task PreReceive(ReceiveContext context)
    {
        if (queues.TryGetValue(context.InputAddress.Segments[^1], out var queue))
            queue.Arrive(context);
        return Task.CompletedTask;
    }

    public Task PostReceive(ReceiveContext context)
    {
        ConsumedQueue.Finish(context);
        return Task.CompletedTask;
    }

    public Task ReceiveFault(ReceiveContext context, Exception exception)
    {
        ConsumedQueue.Requeue(context);
        return Task.CompletedTask;
    }

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;
}
