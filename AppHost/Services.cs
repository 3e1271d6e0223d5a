using System.Globalization;

namespace SessionPlatform.AppHost;

/// <summary>What all services of the suite have in common as resources.</summary>
internal static class Services
{
    /// <summary>Setting with the number of replicas of each service. Default 1; 1-16.</summary>
    private const string Replicas = "SESSIONPLATFORM_REPLICAS";

    // Who gets telemetry where no dashboard does; nobody unless it is set, which saves making it.
    private const string Receiver = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Gives a service free ports, its replicas, the platform's key, a health check, and the mark that tells the
    /// processes of this stack from those of others.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AsService(
        this IResourceBuilder<ProjectResource> service, LocalState state, IResourceBuilder<ParameterResource> platformKey)
    {
        var replicas = ReplicasOf(service.ApplicationBuilder);
        foreach (var endpoint in service.Resource.Annotations.OfType<EndpointAnnotation>())
        {
            // The ports of appsettings.json are for a service that is started alone.
            endpoint.Port = null;
            // One replica is reached directly, without a hop through the orchestrator's proxy; several share its port.
            endpoint.IsProxied = replicas > 1;
        }

        if (state.Dashboard is null)
            service.WithEnvironment(Receiver, service.ApplicationBuilder.Configuration[Receiver] ?? "");
        return service
            .WithReplicas(replicas)
            .WithEnvironment("Platform__Key", platformKey)
            .WithEnvironment("SESSIONPLATFORM_PROCESS", $"{state.Folder}#service:{service.Resource.Name}")
            // Retrying to send telemetry to a dashboard that is gone would hold up the end of a service.
            .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "")
            .WithHttpHealthCheck("/health", endpointName: "http");
    }

    private static int ReplicasOf(IDistributedApplicationBuilder builder)
    {
        var setting = builder.Configuration[Replicas];
        if (string.IsNullOrEmpty(setting))
            return 1;
        return int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 16
            ? count
            : throw new InvalidOperationException($"{Replicas} is '{setting}'; it must be a number from 1 to 16.");
    }
}
