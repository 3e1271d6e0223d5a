using Grpc.Net.ClientFactory;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Access;
using AttributionClient = SessionPlatform.Contracts.Attribution.V1.Attribution.AttributionClient;
using IngestionClient = SessionPlatform.Contracts.Ingestion.V1.Ingestion.IngestionClient;

namespace SessionPlatform.Query.Backends;

/// <summary>Registers the clients of the services behind Query.</summary>
internal static class BackendExtensions
{
    public static void AddBackends(this IHostApplicationBuilder builder)
    {
        builder.AddPlatformClient<IngestionClient>("ingestion");
        builder.AddPlatformClient<Sessions.SessionsClient>("sessionizer");
        builder.AddPlatformClient<Funnels.FunnelsClient>("funnel");
        builder.AddPlatformClient<Metrics.MetricsClient>("funnel");
        builder.AddPlatformClient<Journeys.JourneysClient>("funnel");
        builder.AddPlatformClient<Retention.RetentionClient>("funnel");
        builder.AddPlatformClient<AttributionClient>("funnel");
        builder.AddPlatformClient<Identity.IdentityClient>("funnel");
        // Both serve jobs: a wrapper type for each makes them distinct to dependency injection.
        var sessionizerJobs = builder.AddPlatformClient<Jobs.JobsClient>("sessionizer");
        var funnelJobs = builder.AddPlatformClient<Jobs.JobsClient>("funnel");
        builder.Services.AddSingleton(services => new SessionizerJobs(ClientOf(services, sessionizerJobs)));
        builder.Services.AddSingleton(services => new FunnelJobs(ClientOf(services, funnelJobs)));
        builder.Services.AddSingleton(typeof(Backend<>));
    }

    private static Jobs.JobsClient ClientOf(IServiceProvider services, string name) =>
        services.GetRequiredService<GrpcClientFactory>().CreateClient<Jobs.JobsClient>(name);
}
