using SessionPlatform.Access;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Auditing;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Grpc;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Previewing;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Reports.Attribution;
using SessionPlatform.Funnel.Reports.FunnelReports;
using SessionPlatform.Funnel.Reports.Journeys;
using SessionPlatform.Funnel.Reports.Metrics;
using SessionPlatform.Funnel.Reports.Retention;
using SessionPlatform.Funnel.Results;
using SessionPlatform.Messaging;

namespace SessionPlatform.Funnel;

/// <summary>Composes the service from its folders.</summary>
internal static class FunnelExtensions
{
    /// <summary>
    /// Registers everything that applies facts and answers calls. The host adds the database, the message bus and the
    /// directories of sites and keys.
    /// </summary>
    public static void AddFunnel(this IHostApplicationBuilder builder)
    {
        builder.Services.AddGrpc(options => options.Interceptors.Add<AccessInterceptor>());
        builder.AddApplying();
        builder.AddResults();
        builder.AddJobs();
        builder.AddColumns();
        builder.AddReports();
        builder.Services.AddSingleton<IdentityLinkTable>();
    }

    /// <summary>
    /// Starts the work in the background: recounting sessions after a change of rules, and copying facts by column.
    /// </summary>
    public static void AddBackgroundWork(this IHostApplicationBuilder builder)
    {
        // The same instances that calls use.
        builder.Services.AddHostedService(services => services.GetRequiredService<Recounter>());
        builder.Services.AddHostedService(services => services.GetRequiredService<ColumnMaterializer>());
    }

    /// <summary>Maps the gRPC services.</summary>
    public static void MapFunnel(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<FunnelsService>();
        endpoints.MapGrpcService<MetricsService>();
        endpoints.MapGrpcService<IdentityService>();
        endpoints.MapGrpcService<RetentionService>();
        endpoints.MapGrpcService<AttributionService>();
        endpoints.MapGrpcService<JobsService>();
        endpoints.MapGrpcService<JourneysService>();
    }

    private static void AddApplying(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ApplyOptions>()
            .BindConfiguration(ApplyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Configurations>();
        builder.Services.AddSingleton<Applier>();
        builder.Services.AddSingleton<BotMarker>();
        builder.Services.AddSingleton<CheckpointLog>();
        builder.Services.AddSingleton<ICheckpointLog>(services => services.GetRequiredService<CheckpointLog>());
    }

    private static void AddResults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<VisitorStageCache>();
        builder.Services.AddSingleton<FunnelVisitors>();
        builder.Services.AddSingleton<FunnelResults>();
        builder.Services.AddSingleton<DayTotalsReader>();
    }

    private static void AddJobs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<RecountOptions>()
            .BindConfiguration(RecountOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<AuditOptions>()
            .BindConfiguration(AuditOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.AddPlatformClient<Sessions.SessionsClient>("sessionizer");
        builder.Services.AddSingleton<RecountSignal>();
        builder.Services.AddSingleton<Recounter>();
        builder.Services.AddSingleton<DocumentSource>();
        builder.Services.AddSingleton<Auditor>();
        builder.Services.AddSingleton<RulesPreviewer>();
    }

    private static void AddReports(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ReportOptions>()
            .BindConfiguration(ReportOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ReportDatabase>();
        builder.AddMetrics();
        builder.AddRetention();
        builder.AddAttribution();
        builder.AddJourneys();
        builder.AddFunnelReports();
    }
}
