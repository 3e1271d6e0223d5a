using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Messaging;

/// <summary>Registers the bus.</summary>
public static class PlatformBusExtensions
{
    // The batches end by themselves after BusOptions.StopTimeout; MassTransit waits longer, so that they can.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds MassTransit over <c>ConnectionStrings:messaging</c> and <see cref="IPartitionPublisher"/>. The service
    /// starts with or without the broker and recovers when the broker returns. It is unhealthy in between.
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
        services.AddSingleton(platformBus);
        services.AddSingleton(platformBus.Catalog);
        services.AddSingleton<StopDeadline>();
        services.AddSingleton<CheckpointRelay>();
        services.AddHostedService(provider => provider.GetRequiredService<CheckpointRelay>());
        services.AddSingleton<IPartitionPublisher, PartitionPublisher>();
        services.AddOptions<MassTransitHostOptions>().Configure<IOptions<BusOptions>>((host, options) =>
        {
            host.ConsumerStopTimeout = options.Value.StopTimeout + StopMargin;
            host.StopTimeout = options.Value.StopTimeout + StopMargin + StopMargin;
        });
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddSendObserver<PublishOutcome.Observer>();
            bus.AddPublishObserver<PublishOutcome.Observer>();
            foreach (var consumer in platformBus.Consumers)
                consumer.Register(bus);
        });
        builder.AddBusSupervisor();
        return builder;
    }

    /// <summary>Adds <see cref="BusSupervisor"/> instead of MassTransit's hosted service and health check.</summary>
    private static void AddBusSupervisor(this IHostApplicationBuilder builder)
    {
        builder.Services.RemoveHostedService<MassTransitHostedService>();
        builder.Services.AddSingleton<BusFactory>();
        builder.Services.AddSingleton<BusSupervisor>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<BusSupervisor>());
        builder.Services.AddHealthChecks().AddCheck<BusHealthCheck>(BusHealthCheck.Name, tags: ["ready"]);
        builder.AddRabbitMQClient(
            BusFactory.ConnectionName,
            settings =>
            {
                // The service starts without the broker, and the health check does not wait for it.
                settings.DisableAutoActivation = true;
                settings.MaxConnectRetryCount = 0;
            },
            factory => factory.RequestedConnectionTimeout = ConnectTimeout);
    }
}
