using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Messaging;

/// <summary>Registers the bus.</summary>
public static class PlatformBusExtensions
{
    private const string ConnectionName = "messaging";

    // Above StopTimeout of BusOptions, which ends the batches by itself.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds MassTransit over <c>ConnectionStrings:messaging</c> and <see cref="IPartitionPublisher"/>. The service
    /// starts whether the broker is there or not, and goes on by itself when it comes back; <c>/health</c> tells.
    /// </summary>
    public static TBuilder AddPlatformBus<TBuilder>(this TBuilder builder, Action<PlatformBusConfigurator> configure)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var platformBus = new PlatformBusConfigurator();
        configure(platformBus);

        var services = builder.Services;
        services.AddOptions<BusOptions>()
            .BindConfiguration(BusOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(platformBus.Catalog);
        services.AddSingleton<ServiceStop>();
        services.AddSingleton<CheckpointRelay>();
        services.AddHostedService(provider => provider.GetRequiredService<CheckpointRelay>());
        services.AddSingleton<IPartitionPublisher, PartitionPublisher>();
        services.AddOptions<MassTransitHostOptions>().Configure<IOptions<BusOptions>>((host, options) =>
        {
            host.WaitUntilStarted = false;
            host.ConsumerStopTimeout = options.Value.StopTimeout + StopMargin;
            host.StopTimeout = options.Value.StopTimeout + StopMargin + StopMargin;
        });
        services.AddMassTransit(bus => AddBus(bus, platformBus));
        return builder;
    }

    private static void AddBus(IBusRegistrationConfigurator bus, PlatformBusConfigurator platformBus)
    {
        bus.DisableUsageTelemetry();
        bus.AddSendObserver<PublishOutcome.Observer>();
        bus.AddPublishObserver<PublishOutcome.Observer>();
        foreach (var consumer in platformBus.Consumers)
            consumer.Register(bus);

        bus.UsingRabbitMq((context, broker) =>
        {
            var configuration = context.GetRequiredService<IConfiguration>();
            var address = configuration.GetConnectionString(ConnectionName)
                ?? throw new InvalidOperationException($"Set ConnectionStrings:{ConnectionName}, as the AppHost does.");
            broker.Host(new Uri(address), host => host.PublisherConfirmation = true);

            var serializer = new ProtobufSerializer(platformBus.Catalog);
            broker.ClearSerialization();
            broker.AddSerializer(serializer);
            broker.AddDeserializer(serializer, isDefault: true);

            var options = context.GetRequiredService<IOptions<BusOptions>>().Value;
            foreach (var routes in platformBus.Catalog.All)
                routes.Declare(broker, options);
            broker.DeployPublishTopology = true;
            var deliveries = new DeliveryObserver();
            foreach (var consumer in platformBus.Consumers)
                consumer.Connect(broker, context, deliveries);
            broker.ConnectReceiveObserver(deliveries);
        });
    }
}
