using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace SessionPlatform.ServiceDefaults;

/// <summary>
/// Exports logs, metrics and traces by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a receiver. Without one, no trace
/// is sampled, so that spans cost nothing.
/// </summary>
internal static class Telemetry
{
    private const string TracesPerSecond = "Telemetry:TracesPerSecond";
    private const int DefaultTracesPerSecond = 10;

    private static readonly string[] Sources = ["Npgsql", "MassTransit", "Grpc.Net.Client", "SessionPlatform.*"];

    private static readonly string[] Meters = ["Npgsql", "MassTransit", "SessionPlatform.*"];

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var hasReceiver = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        if (hasReceiver)
        {
            builder.Logging.AddOpenTelemetry(logs =>
            {
                logs.IncludeFormattedMessage = true;
                logs.IncludeScopes = true;
            });
        }

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithTracing(traces =>
            {
                traces.AddSource(Sources)
                    .AddAspNetCoreInstrumentation(options => options.Filter = IsNoHealthCheck)
                    .AddHttpClientInstrumentation();
                if (CreateSampler(builder.Configuration, hasReceiver) is { } sampler)
                    traces.SetSampler(sampler);
            })
            .WithMetrics(metrics => metrics.AddMeter(Meters)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation());
        if (hasReceiver)
            telemetry.UseOtlpExporter();
    }

    // Health checks make so many spans that they would bury the others.
    private static bool IsNoHealthCheck(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(ServiceDefaultsExtensions.HealthPath)
        && !context.Request.Path.StartsWithSegments(ServiceDefaultsExtensions.AlivePath)
        && !context.Request.Path.StartsWithSegments(ServiceDefaultsExtensions.GrpcHealthPath);

    /// <summary>The sampler; null where the standard variable names one.</summary>
    private static Sampler? CreateSampler(IConfiguration configuration, bool hasReceiver)
    {
        if (!hasReceiver)
            return new AlwaysOffSampler();
        return string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"])
            ? new ParentBasedSampler(new TraceBudget(
                configuration.GetValue(TracesPerSecond, DefaultTracesPerSecond), TimeProvider.System))
            : null;
    }
}
