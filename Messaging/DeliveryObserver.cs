using MassTransit;

namespace SessionPlatform.Messaging;

/// <summary>
/// Passes deliveries on to the consumed queue they belong to. MassTransit accepts such an observer only for the whole
/// bus.
/// </summary>
internal sealed class DeliveryObserver : IReceiveObserver
{
    private readonly Dictionary<string, ConsumedQueue> queues = new(StringComparer.Ordinal);

    /// <summary>Returns the queue of this name, which is created on the first call.</summary>
    public ConsumedQueue GetOrAdd(string name, Func<ConsumedQueue> create)
    {
        if (!queues.TryGetValue(name, out var queue))
            queues[name] = queue = create();
        return queue;
    }

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
