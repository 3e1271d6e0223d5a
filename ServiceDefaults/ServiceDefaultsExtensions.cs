using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.ServiceDefaults;

/// <summary>What every service of the suite has in common: telemetry, health checks, addresses of the others.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The path where all checks answer: 200 when the service can do its work.</summary>
    public const string HealthPath = "/health";

    /// <summary>The path where the checks tagged <c>live</c> answer: 200 while restarting it would not help.</summary>
    public const string AlivePath = "/alive";

    private const string LiveTag = "live";

    /// <summary>
    /// Adds telemetry, the check <c>self</c>, the addresses of the other services, and to all calls of gRPC the
    /// <see cref="AwayInterceptor"/>. Before <c>AddGrpc</c>, so that it sees what the other interceptors throw.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddTelemetry();
        builder.Services.AddSingleton<ServiceAddresses>();
        builder.Services.Configure<GrpcServiceOptions>(options => options.Interceptors.Add<AwayInterceptor>());
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        return builder;
    }

    /// <summary>Maps <see cref="HealthPath"/> and <see cref="AlivePath"/>; both answer without a key.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // "Degraded" is how the bus reports that the broker is away; without it a service cannot do its work.
        app.MapHealthChecks(HealthPath, new HealthCheckOptions
        {
            ResultStatusCodes =
            {
                [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable,
            },
        }).AllowAnonymous();
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) })
            .AllowAnonymous();
        return app;
    }
}
