using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SessionPlatform.Messaging;

/// <summary>Reports the health of the current bus and its receive endpoints, as MassTransit's own check does.</summary>
internal sealed class BusHealthCheck(BusSupervisor supervisor) : IHealthCheck
{
    /// <summary>The name under which MassTransit registers its check, which this one replaces.</summary>
    public const string Name = "masstransit-bus";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        new MassTransit.Monitoring.BusHealthCheck(supervisor.Current).CheckHealthAsync(context, cancellationToken);
}
