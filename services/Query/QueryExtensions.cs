using SessionPlatform.Access;
using SessionPlatform.Query.Auditing;
using SessionPlatform.Query.Backends;
using SessionPlatform.Query.Configuration;
using SessionPlatform.Query.Forwarding;
using SessionPlatform.Query.Grpc;
using SessionPlatform.Query.Reporting;
using SessionPlatform.Query.Waiting;
using SessionPlatform.ServiceDefaults;

namespace SessionPlatform.Query;

/// <summary>Composes the service; tests run it as the program does.</summary>
internal static class QueryExtensions
{
    /// <summary>Adds everything that the service consists of.</summary>
    public static void AddQuery(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults();
        builder.AddAccess();
        builder.AddRemoteDirectories();
        builder.AddBackends();
        var services = builder.Services;
        services.AddOptions<QueryOptions>()
            .BindConfiguration(QueryOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<RoutingTable>();
        services.AddSingleton<CheckpointWait>();
        services.AddSingleton<SuiteAudit>();
        services.AddSingleton<Reports>();
        services.AddSingleton<ReportWatch>();
        services.AddSingleton<ForwardingInterceptor>();
        services.AddGrpc(options =>
        {
            options.Interceptors.Add<AccessInterceptor>();
            options.Interceptors.Add<ForwardingInterceptor>();
        });
    }

    /// <summary>Maps the RPCs, health checks and server reflection.</summary>
    public static void MapQuery(this WebApplication app)
    {
        app.MapGrpcService<QueryService>();
        app.MapGrpcService<JobsService>();
        app.MapDefaultEndpoints();
    }
}
