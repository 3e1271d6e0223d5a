using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Query.Auditing;
using SessionPlatform.Query.Reporting;
using SessionPlatform.Query.Waiting;
using SessionPlatform.ServiceDefaults.Access;
using AttributionClient = SessionPlatform.Contracts.Attribution.V1.Attribution.AttributionClient;
using IngestionClient = SessionPlatform.Contracts.Ingestion.V1.Ingestion.IngestionClient;

namespace SessionPlatform.Query.Backends;

/// <summary>Registers the services that Query asks.</summary>
internal static class BackendExtensions
{
    public static void AddBackends(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<QueryOptions>()
            .BindConfiguration(QueryOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.AddPlatformClient("sessionizer", invoker => new Sessions.SessionsClient(invoker));
        builder.AddPlatformClient("funnel", invoker => new Funnels.FunnelsClient(invoker));
        builder.AddPlatformClient("funnel", invoker => new Metrics.MetricsClient(invoker));
        builder.AddPlatformClient("funnel", invoker => new Journeys.JourneysClient(invoker));
        builder.AddPlatformClient("funnel", invoker => new Retention.RetentionClient(invoker));
        builder.AddPlatformClient("funnel", invoker => new AttributionClient(invoker));
        builder.AddPlatformClient("funnel", invoker => new Identity.IdentityClient(invoker));
        builder.AddPlatformClient("ingestion", invoker => new IngestionClient(invoker));
        builder.AddPlatformClient("sessionizer", invoker => new SessionizerJobs(new Jobs.JobsClient(invoker)));
        builder.AddPlatformClient("funnel", invoker => new FunnelJobs(new Jobs.JobsClient(invoker)));
        builder.Services.AddSingleton(typeof(Backend<>));
        builder.Services.AddSingleton<CheckpointWait>();
        builder.Services.AddSingleton<SuiteAudit>();
        builder.Services.AddSingleton<Reports>();
        builder.Services.AddSingleton<ReportWatch>();
    }
}
