using Google.Protobuf;

namespace SessionPlatform.Messaging;

/// <summary>Configures what a service publishes and consumes.</summary>
public sealed class PlatformBusConfigurator
{
    internal PlatformBusConfigurator()
    {
    }

    internal MessageCatalog Catalog { get; } = new();

    internal List<ConsumerRegistration> Consumers { get; } = [];

    /// <summary>
    /// Routes messages of a type to the queues <c>QUEUE-0</c>, <c>QUEUE-1</c> … by partition. A publisher declares the
    /// queues, so that they keep its messages even before a consumer ran for the first time.
    /// </summary>
    public PlatformBusConfigurator AddPartitionRoute<TMessage>(string queue)
        where TMessage : class, IMessage<TMessage>, new()
    {
        Catalog.Add<TMessage>(queue, partitioned: true);
        return this;
    }

    /// <summary>Routes messages of a type to one queue.</summary>
    public PlatformBusConfigurator AddQueueRoute<TMessage>(string queue)
        where TMessage : class, IMessage<TMessage>, new()
    {
        Catalog.Add<TMessage>(queue, partitioned: false);
        return this;
    }

    /// <summary>Consumes every partition. Of several replicas, one at a time is active on each partition.</summary>
    public PlatformBusConfigurator AddPartitionConsumer<TConsumer, TMessage>(string queue)
        where TConsumer : PartitionConsumer<TMessage>
        where TMessage : class, IMessage<TMessage>, new()
    {
        AddPartitionRoute<TMessage>(queue);
        Consumers.Add(new ConsumerRegistration<TConsumer, TMessage>(queue, partitioned: true));
        return this;
    }

    /// <summary>Consumes one queue. Replicas are competing consumers.</summary>
    public PlatformBusConfigurator AddQueueConsumer<TConsumer, TMessage>(string queue)
        where TConsumer : PartitionConsumer<TMessage>
        where TMessage : class, IMessage<TMessage>, new()
    {
        AddQueueRoute<TMessage>(queue);
        Consumers.Add(new ConsumerRegistration<TConsumer, TMessage>(queue, partitioned: false));
        return this;
    }
}
