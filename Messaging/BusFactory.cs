using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Messaging;

/// <summary>
/// Creates buses over <c>ConnectionStrings:messaging</c> with the routes and consumers of the service.
/// </summary>
internal sealed class BusFactory(
    PlatformBusConfigurator platformBus,
    IBusRegistrationContext registrations,
    IConfiguration configuration,
    IOptions<BusOptions> options,
    ILogger<SupervisedBus> logger)
{
    /// <summary>The name of the broker's connection string.</summary>
    public const string ConnectionName = "messaging";

    // Shared by all buses, so that the batch of a replaced bus and one of its successor never run at the same time.
    private readonly DeliveryObserver deliveries = new();

    /// <summary>Creates a bus that is not started and has connections of its own.</summary>
    public SupervisedBus Create()
    {
        var connections = new BusConnections();
        var factory = new RabbitMqRegistrationBusFactory((context, bus) => Configure(context, bus, connections));
        return new(factory.CreateBus(registrations, [], ""), connections, logger);
    }

    private void Configure(
        IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator bus, BusConnections connections)
    {
        var address = configuration.GetConnectionString(ConnectionName)
            ?? throw new InvalidOperationException($"Set ConnectionStrings:{ConnectionName}, as the AppHost does.");
        bus.Host(new Uri(address), host =>
        {
            host.PublisherConfirmation = true;
            host.OnRefreshConnectionFactory = factory =>
            {
                factory.SocketFactory = connections.Create;
                return Task.CompletedTask;
            };
        });

        var serializer = new ProtobufSerializer(platformBus.Catalog);
        bus.ClearSerialization();
        bus.AddSerializer(serializer);
        bus.AddDeserializer(serializer, isDefault: true);

        foreach (var routes in platformBus.Catalog.All)
            routes.Declare(bus, options.Value);
        bus.DeployPublishTopology = true;
        foreach (var consumer in platformBus.Consumers)
            consumer.Connect(bus, context, deliveries);
        bus.ConnectReceiveObserver(deliveries);
    }
}
