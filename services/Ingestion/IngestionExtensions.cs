using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SessionPlatform.Access;
using SessionPlatform.Ingestion.Buffers;
using SessionPlatform.Ingestion.Configuration;
using SessionPlatform.Ingestion.Grpc;
using SessionPlatform.Ingestion.Intake;
using SessionPlatform.Ingestion.Telemetry;
using SessionPlatform.Ingestion.UserAgents;
using SessionPlatform.ServiceDefaults;

namespace SessionPlatform.Ingestion;

/// <summary>Composes the service; tests run it as the program does, on a bus and directories of their own.</summary>
internal static class IngestionExtensions
{
    private const int MaxRequestBytes = 32 * 1024 * 1024;

    // gRPC frames a message with five bytes; the rest is room for compression that did not help.
    private const int MaxBodyBytes = MaxRequestBytes + (1024 * 1024);

    /// <summary>
    /// Adds everything that the service consists of, except the bus and the key and site directories.
    /// </summary>
    public static void AddIngestion(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults();
        builder.AddAccess();
        var services = builder.Services;
        services.AddOptions<IngestionOptions>()
            .BindConfiguration(IngestionOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IngestionMetrics>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<IngestionOptions>>().Value;
            return UserAgentData.Load(options.UserAgentFolder, options.UserAgentCacheCapacity);
        });
        services.AddSingleton<EventPublisher>();
        services.AddSingleton<RefusedCalls>();
        services.AddSingleton<EventIntake>();
        services.AddHostedService<UserAgentWarmup>();
        // Hosted services stop in reverse order: first the last refused calls are published, then the buffers flush.
        services.AddHostedService(provider => provider.GetRequiredService<EventPublisher>());
        services.AddHostedService(provider => provider.GetRequiredService<RefusedCalls>());
        services.AddSingleton<RefusedCallsInterceptor>();
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MaxRequestBytes;
            options.Interceptors.Add<RefusedCallsInterceptor>();
            options.Interceptors.Add<AccessInterceptor>();
        });
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBodyBytes);
    }

    /// <summary>Maps the RPCs, health checks and server reflection.</summary>
    public static void MapIngestion(this WebApplication app)
    {
        app.MapDefaultEndpoints();
        app.MapGrpcService<IngestionService>();
    }
}
