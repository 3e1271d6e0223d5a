using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace SessionPlatform.Messaging;

/// <summary>
/// Starts and stops the bus with the service, and replaces a bus that does not become ready although the broker accepts
/// connections. MassTransit reconnects by itself, but waits up to 30 s between tries, and an endpoint whose channel
/// fails at the wrong moment may wait forever; a new bus shares no state with such an endpoint.
/// </summary>
internal sealed partial class BusSupervisor(
    BusFactory factory,
    IConnectionFactory broker,
    IOptions<MassTransitHostOptions> hostOptions,
    TimeProvider time,
    ILogger<BusSupervisor> logger) : BackgroundService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    // Enough for a start on a busy machine; with the stop and the start of a bus it leaves a margin below 30 s.
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(10);

    // A restart interrupts the endpoints that work, so it becomes rare when it does not help.
    private static readonly TimeSpan MaxPatience = TimeSpan.FromMinutes(5);

    // After this long without a failure a further one is a new one, with the first patience again.
    private static readonly TimeSpan HealthyPeriod = TimeSpan.FromMinutes(1);

    // What does not finish in this time is delivered again.
    private static readonly TimeSpan RestartStopTimeout = TimeSpan.FromSeconds(5);

    private volatile SupervisedBus current = factory.Create();
    private TimeSpan patience = FirstPatience;

    /// <summary>The bus to use now. Another one after a restart, so do not keep it.</summary>
    public IBusInstance Current => current.Instance;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await current.StopAsync(hostOptions.Value.StopTimeout ?? RestartStopTimeout);
    }

    public override void Dispose()
    {
        current.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            current.Start();
            var health = await UntilStuckAsync(stoppingToken);
            Log.Restarting(logger, patience, Describe(health), health.Exception);
            patience = patience * 2 < MaxPatience ? patience * 2 : MaxPatience;
            using var stuck = current;
            await stuck.StopAsync(RestartStopTimeout);
            current = factory.Create();
        }
    }

    /// <summary>
    /// Returns the health of the bus once it has not been ready for as long as <see cref="patience"/> while the broker
    /// accepted connections.
    /// </summary>
    private async Task<BusHealthResult> UntilStuckAsync(CancellationToken cancellationToken)
    {
        long? readySince = null;
        long? brokerSince = null;
        while (true)
        {
            await Task.Delay(CheckInterval, time, cancellationToken);
            var health = Current.BusControl.CheckHealth();
            if (health.Status == BusHealthStatus.Healthy)
            {
                brokerSince = null;
                readySince ??= time.GetTimestamp();
                if (time.GetElapsedTime(readySince.Value) >= HealthyPeriod)
                    patience = FirstPatience;
                continue;
            }

            readySince = null;
            if (!await IsBrokerThereAsync(cancellationToken))
            {
                brokerSince = null;
                patience = FirstPatience;
                continue;
            }

            brokerSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(brokerSince.Value) >= patience)
                return health;
        }
    }

    private async Task<bool> IsBrokerThereAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ProbeTimeout);
        try
        {
            await using var connection = await broker.CreateConnectionAsync(timeout.Token);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever the reason is, a new bus could not connect either; MassTransit logs its own tries.
            return false;
        }
    }

    private static string Describe(BusHealthResult health)
    {
        var endpoints = health.Endpoints
            .Where(endpoint => endpoint.Value.Status != BusHealthStatus.Healthy)
            .Select(endpoint => $"{endpoint.Value.InputAddress.Segments[^1]}: {endpoint.Value.Description}");
        return $"{health.Description} ({string.Join("; ", endpoints)})";
    }

    private static partial class Log
    {
        [LoggerMessage(
            5101,
            LogLevel.Warning,
            "The bus has not been ready for {Patience} although the broker accepts connections; a new bus replaces it. "
                + "State: {State}")]
        public static partial void Restarting(ILogger logger, TimeSpan patience, string state, Exception? exception);
    }
}
