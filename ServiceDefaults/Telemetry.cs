using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace SessionPlatform.ServiceDefaults;

/// <summary>
/// Logs, metrics and traces by OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a receiver; else nothing.
/// .NET, Npgsql and MassTransit emit their spans and meters themselves, so no instrumentation package is needed.
/// </summary>
internal static class Telemetry
{
    private const string TracesPerSecond = "Telemetry:TracesPerSecond";
    private const int DefaultTracesPerSecond = 10;

    private static readonly string[] Sources =
        ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit", "SessionPlatform.*"];

    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting",
        "System.Net.Http", "System.Runtime", "Npgsql", "MassTransit", "SessionPlatform.*",
    ];

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;

        var application = builder.Environment.ApplicationName;
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.IncludeScopes = true;
            logs.SetResourceBuilder(Describe(application));
            logs.AddOtlpExporter();
        });
        var sampler = CreateSampler(builder.Configuration);
        builder.Services.AddHostedService(_ => new Providers(application, sampler));
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, read by the default builder's detectors, win over the name given.
    private static ResourceBuilder Describe(string application) =>
        ResourceBuilder.CreateEmpty()
            .AddService(application)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();

    /// <summary>Null: the standard variable says what is sampled.</summary>
    private static ParentBasedSampler? CreateSampler(IConfiguration configuration) =>
        string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"])
            ? new(new TraceBudget(configuration.GetValue(TracesPerSecond, DefaultTracesPerSecond), TimeProvider.System))
            : null;

    /// <summary>Owns the providers: created before the service starts, flushed and disposed after it stops.</summary>
    private sealed class Providers(string application, Sampler? sampler) : IHostedLifecycleService, IDisposable
    {
        private TracerProvider? tracer;
        private MeterProvider? meter;

        public Task StartingAsync(CancellationToken cancellationToken)
        {
            var traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(Describe(application))
                .AddSource(Sources)
                .AddProcessor(new DropPolling());
            if (sampler is not null)
                traces.SetSampler(sampler);
            tracer = traces.AddOtlpExporter().Build();
            meter = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(Describe(application))
                .AddMeter(Meters)
                .AddOtlpExporter()
                .Build();
            return Task.CompletedTask;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken)
        {
            Dispose();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            tracer?.Dispose();
            meter?.Dispose();
            (tracer, meter) = (null, null);
        }
    }

    /// <summary>Health checks and idle workers make so many spans that they would bury the others.</summary>
    private sealed class DropPolling : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            // A statement without a cause is a worker looking whether there is work, many times a second.
            if ((data.Source.Name == "Npgsql" && data.ParentSpanId == default)
                || data.GetTagItem("url.path")
                    is ServiceDefaultsExtensions.HealthPath or ServiceDefaultsExtensions.AlivePath)
            {
                data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
        }
    }
}
