using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using MassTransit;

namespace SessionPlatform.Messaging;

/// <summary>The exchange of one message type and the queues behind it. All names here are wire format.</summary>
internal abstract class MessageRoutes(MessageDescriptor descriptor, bool partitioned)
{
    private const string Direct = "direct";
    private const string Fanout = "fanout";

    public MessageDescriptor Descriptor => descriptor;

    public bool Partitioned => partitioned;

    public HashSet<string> Queues { get; } = new(StringComparer.Ordinal);

    public string Exchange => descriptor.FullName;

    /// <summary>
    /// Configures MassTransit to declare the exchange, the queues and their bindings when it publishes or consumes.
    /// </summary>
    public abstract void Declare(IRabbitMqBusFactoryConfigurator bus, BusOptions options);

    public static string QueueName(string queue, int partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{queue}-{partition}");

    public static string RoutingKey(int partition) => partition.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Sets the arguments of a queue. Publishers and consumers must declare a queue with the same arguments; the broker
    /// refuses a second declaration that differs.
    /// </summary>
    public static void SetArguments(IRabbitMqQueueConfigurator queue, BusOptions options, bool partitioned)
    {
        queue.Durable = true;
        queue.AutoDelete = false;
        queue.SetQueueArgument("x-queue-type", "quorum");
        queue.SetQueueArgument("x-max-length-bytes", options.MaxQueueBytes);
        queue.SetQueueArgument("x-overflow", "reject-publish");
        if (partitioned)
            queue.SetQueueArgument("x-single-active-consumer", true);
    }

    protected void Declare(IRabbitMqMessagePublishTopologyConfigurator publish, BusOptions options)
    {
        publish.Durable = true;
        publish.AutoDelete = false;
        publish.ExchangeType = partitioned ? Direct : Fanout;
        foreach (var queue in Queues)
        {
            if (!partitioned)
            {
                publish.BindQueue(Exchange, queue, binding => Bind(binding, Fanout, "", options));
                continue;
            }

            for (var partition = 0; partition < options.Partitions; partition++)
            {
                var key = RoutingKey(partition);
                publish.BindQueue(
                    Exchange, QueueName(queue, partition), binding => Bind(binding, Direct, key, options));
            }
        }
    }

    private void Bind(IRabbitMqQueueBindingConfigurator binding, string exchangeType, string key, BusOptions options)
    {
        binding.ExchangeType = exchangeType;
        binding.RoutingKey = key;
        SetArguments(binding, options, partitioned);
    }
}

/// <inheritdoc/>
internal sealed class MessageRoutes<T>(MessageDescriptor descriptor, bool partitioned)
    : MessageRoutes(descriptor, partitioned)
    where T : class, IMessage<T>
{
    public override void Declare(IRabbitMqBusFactoryConfigurator bus, BusOptions options)
    {
        bus.Message<T>(message => message.SetEntityName(Exchange));
        // MassTransit would give every interface of the generated class an exchange of its own.
        foreach (var implemented in typeof(T).GetInterfaces().Where(type => type.Assembly == typeof(IMessage).Assembly))
            bus.Publish(implemented, publish => publish.Exclude = true);
        bus.Publish<T>(publish => Declare(publish, options));
    }
}
