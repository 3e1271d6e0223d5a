using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SessionPlatform.Ingestion.Buffers;
using SessionPlatform.Ingestion.Grpc;
using SessionPlatform.Ingestion.Intake;
using SessionPlatform.Ingestion.UserAgents;
using SessionPlatform.Access;

namespace SessionPlatform.Ingestion;

/// <summary>Registers the service, but for the bus and the directories.</summary>
internal static class IngestionExtensions
{
    private const int MaxRequestBytes = 32 * 1024 * 1024;

    // gRPC frames a message with five bytes; the rest is room for compression that did not help.
    private const int MaxBodyBytes = MaxRequestBytes + (1024 * 1024);

    /// <summary>Adds intake, buffers and gRPC.</summary>
    public static void AddIngestion(this IHostApplicationBuilder builder)
    {
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
            return UserAgentData.Load(options.UserAgentFolder, options.UserAgentsRemembered);
        });
        services.AddSingleton<EventPublisher>();
        services.AddSingleton<RefusedCalls>();
        services.AddSingleton<EventIntake>();
        services.AddHostedService<UserAgentNotice>();
        // Hosted services stop in reverse order: the last refused calls, then the flush.
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
}
