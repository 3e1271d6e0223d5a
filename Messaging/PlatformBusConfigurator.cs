using Google.Protobuf;

namespace SessionPlatform.Messaging;

/// <summary>Says what a service publishes and consumes.</summary>
public sealed class PlatformBusConfigurator
{
    internal PlatformBusConfigurator()
    {
    }

    internal MessageCatalog Catalog { get; } = new();

    internal List<ConsumerRegistration> Consumers { get; } = [];

    /// <summary>
    /// Messages of this type go to the queues <c>QUEUE-0</c> … by partition. A publisher names the queue like this, so
    /// that it is there and keeps the messages even when its consumer never ran.
    /// </summary>
    public PlatformBusConfigurator AddPartitionRoute<TMessage>(string queue)
        where TMessage : class, IMessage<TMessage>, new()
    {
        Catalog.Add<TMessage>(queue, partitioned: true);
        return this;
    }

    /// <summary>Messages of this type go to one queue.</summary>
    public PlatformBusConfigurator AddQueueRoute<TMessage>(string queue)
        where TMessage : class, IMessage<TMessage>, new()
    {
        Catalog.Add<TMessage>(queue, partitioned: false);
        return this;
    }

    /// <summary>Consumes every partition; of several replicas one at a time is active on each.</summary>
    public PlatformBusConfigurator AddPartitionConsumer<TConsumer, TMessage>(string queue)
        where TConsumer : PartitionConsumer<TMessage>
        where TMessage : class, IMessage<TMessage>, new()
    {
        AddPartitionRoute<TMessage>(queue);
        Consumers.Add(new ConsumerRegistration<TConsumer, TMessage>(queue, partitioned: true));
        return this;
    }

    /// <summary>Consumes one queue; replicas compete for its messages.</summary>
    public PlatformBusConfigurator AddQueueConsumer<TConsumer, TMessage>(string queue)
        where TConsumer : PartitionConsumer<TMessage>
        where TMessage : class, IMessage<TMessage>, new()
    {
        AddQueueRoute<TMessage>(queue);
        Consumers.Add(new ConsumerRegistration<TConsumer, TMessage>(queue, partitioned: false));
        return this;
    }
}
