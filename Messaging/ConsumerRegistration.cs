using Google.Protobuf;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Messaging;

/// <summary>Registers a consumer and connects it to its queues.</summary>
internal abstract class ConsumerRegistration(string queue, bool partitioned)
{
    public abstract void Register(IBusRegistrationConfigurator bus);

    /// <summary>Adds a receive endpoint for each queue.</summary>
    public void Connect(
        IRabbitMqBusFactoryConfigurator bus, IBusRegistrationContext context, DeliveryObserver deliveries)
    {
        var options = context.GetRequiredService<IOptions<BusOptions>>().Value;
        for (var partition = 0; partition < (partitioned ? options.Partitions : 1); partition++)
        {
            var name = partitioned ? MessageRoutes.QueueName(queue, partition) : queue;
            var number = partition;
            deliveries.GetOrAdd(name, () => new ConsumedQueue(
                number,
                options,
                context.GetRequiredService<StopDeadline>(),
                context.GetRequiredService<CheckpointRelay>(),
                context.GetRequiredService<TimeProvider>(),
                context.GetRequiredService<ILoggerFactory>().CreateLogger($"{typeof(ConsumedQueue).FullName}.{name}")));
            bus.ReceiveEndpoint(name, (IRabbitMqReceiveEndpointConfigurator endpoint) =>
            {
                MessageRoutes.SetArguments(endpoint, options, partitioned);
                endpoint.ConfigureConsumeTopology = false;
                endpoint.PublishFaults = false;
                endpoint.ConfigureError(error =>
                {
                    error.UseFilter(new RequeueFilter());
                    // Without this filter, a message that cannot be read also goes to the queue of skipped messages.
                    error.UseFilter(new GenerateFaultFilter());
                    error.UseFilter(new ErrorTransportFilter());
                });
                endpoint.PrefetchCount = options.PrefetchCount;
                Connect(endpoint, context, options);
            });
        }
    }

    protected abstract void Connect(
        IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, BusOptions options);
}

/// <inheritdoc/>
internal sealed class ConsumerRegistration<TConsumer, TMessage>(string queue, bool partitioned)
    : ConsumerRegistration(queue, partitioned)
    where TConsumer : PartitionConsumer<TMessage>
    where TMessage : class, IMessage<TMessage>, new()
{
    public override void Register(IBusRegistrationConfigurator bus) => bus.AddConsumer<TConsumer>();

    protected override void Connect(
        IRabbitMqReceiveEndpointConfigurator endpoint, IBusRegistrationContext context, BusOptions options) =>
        endpoint.ConfigureConsumer<TConsumer>(context, consumer => consumer.Options<BatchOptions>(batch => batch
            .SetMessageLimit(Math.Min(options.BatchMessages, options.PrefetchCount))
            .SetTimeLimit(options.BatchLinger)
            .SetConcurrencyLimit(1)));
}
