using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.ServiceDefaults;

/// <summary>Registers what all services have in common: telemetry, health checks and service discovery.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The path of the readiness checks: 200 when the service can do its work.</summary>
    public const string HealthPath = "/health";

    /// <summary>The path of the liveness checks, tagged <c>live</c>: 200 while a restart would not help.</summary>
    public const string AlivePath = "/alive";

    /// <summary>The prefix of the paths of the gRPC health service.</summary>
    internal const string GrpcHealthPath = "/grpc.health.v1.Health";

    private const string LiveTag = "live";

    /// <summary>
    /// Adds telemetry, the check <c>self</c>, service discovery, resilience of plain HTTP calls, gRPC with its health
    /// and reflection services, and the <see cref="TransientFailureInterceptor"/> for all calls of gRPC. Call it before
    /// the service adds interceptors of its own, so that this one sees what they throw.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddTelemetry();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        builder.Services.AddGrpc(options => options.Interceptors.Add<TransientFailureInterceptor>());
        builder.Services.AddGrpcReflection();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.AddGrpcHealthChecks();
        return builder;
    }

    /// <summary>
    /// Maps <see cref="HealthPath"/>, <see cref="AlivePath"/>, and the health and reflection services of gRPC. All
    /// answer without a key.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // The bus reports "degraded" when the broker is unavailable; the service cannot work without the broker.
        app.MapHealthChecks(HealthPath, new HealthCheckOptions
        {
            ResultStatusCodes =
            {
                [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable,
            },
        }).AllowAnonymous();
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) })
            .AllowAnonymous();
        app.MapGrpcHealthChecksService().AllowAnonymous();
        app.MapGrpcReflectionService().AllowAnonymous();
        return app;
    }
}
