using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using SessionPlatform.LocalServers;

namespace Aspire.Hosting.Running;

/// <summary>
/// Starts the resources in the order of their waits, watches their health, and stops them in reverse.
/// </summary>
internal sealed class ApplicationRunner(
    IResourceCollection resources,
    ResourceConsole console,
    HealthCheckService healthChecks,
    IConfiguration configuration,
    IHostEnvironment environment,
    DashboardHost dashboard) : IHostedService, IDisposable
{
    private static readonly TimeSpan UnhealthyInterval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan HealthyInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(5);

    private static readonly string[] TelemetryDelays =
        ["OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL"];

    private readonly CancellationTokenSource stopping = new();
    private readonly HttpClient http = new() { Timeout = HealthTimeout };
    private readonly TimeProvider clock = TimeProvider.System;
    private readonly List<Task> running = [];
    private Task<bool> dashboardStart = Task.FromResult(false);

    /// <summary>Every replica of every resource; filled when the application starts.</summary>
    public IReadOnlyList<ResourceProcess> Processes { get; private set; } = [];

    public ResourceConsole Console => console;

    public string ApplicationName => environment.ApplicationName;

    // Marks the processes of this application; the official hosting knows this setting as the place for its state.
    private string Owner => configuration["Aspire:Store:Path"] ?? environment.ContentRootPath;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Processes = [.. resources.Cast<Resource>().SelectMany(Replicas)];
        foreach (var endpoint in Processes.Select(process => process.Resource).Distinct()
            .SelectMany(resource => resource.Settings.Endpoints.Select(endpoint => (resource, endpoint))))
        {
            Allocate(endpoint.resource, endpoint.endpoint);
        }

        dashboardStart = dashboard.StartAsync(this, Owner, stopping.Token);
        // Each runs on its own from here; starting must not hold up the host, or Ctrl-C could not end it.
        foreach (var process in Processes)
            running.Add(RunAsync(process, stopping.Token));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.WhenAll(running);
        console.Write(ResourceConsole.Host, "stopping");
        var left = Processes.ToList();
        while (left.Count > 0)
        {
            // Whoever nobody else needs any longer goes now; a circle of references must not keep it up.
            var unneeded = left.Where(process => !left.Exists(other => Needs(other, process))).ToList();
            var wave = unneeded.Count > 0 ? unneeded : left;
            await Task.WhenAll(wave.Select(process => process.StopAsync()));
            left.RemoveAll(wave.Contains);
        }

        await ((Task)dashboardStart).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await dashboard.DisposeAsync();
        console.Write(ResourceConsole.Host, "stopped");
    }

    public void Dispose()
    {
        stopping.Dispose();
        http.Dispose();
    }

    private IEnumerable<ResourceProcess> Replicas(Resource resource)
    {
        var count = resource.Settings.Replicas;
        return Enumerable.Range(0, count).Select(replica => new ResourceProcess(
            resource, replica, count == 1 ? resource.Name : $"{resource.Name}-{replica + 1}", clock));
    }

    private static void Allocate(Resource resource, Endpoint endpoint)
    {
        var count = resource.Settings.Replicas;
        if (endpoint.Port is { } fixedPort && count == 1)
            endpoint.Ports = [fixedPort];
        else
            endpoint.Ports = [.. Enumerable.Range(0, count).Select(_ => LocalPorts.Free())];
    }

    private static bool Needs(ResourceProcess other, ResourceProcess process)
    {
        var settings = other.Resource.Settings;
        return other.Resource != process.Resource
            && (settings.References.Contains(process.Resource)
                || settings.Waits.Exists(wait => wait.On == process.Resource));
    }

    private async Task RunAsync(ResourceProcess process, CancellationToken cancellationToken)
    {
        try
        {
            await AwaitDependenciesAsync(process, cancellationToken);
            await StartAsync(process, cancellationToken);
            await WatchAsync(process, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application stops; StopAsync sees to the process.
        }
        catch (Exception error)
        {
            // The edge of one resource: the others go on, as with the official hosting.
            process.MarkFailedToStart(error);
            console.Report(process.Name, error.Message);
        }
    }

    private async Task AwaitDependenciesAsync(ResourceProcess process, CancellationToken cancellationToken)
    {
        foreach (var wait in process.Resource.Settings.Waits)
        {
            foreach (var dependency in Processes.Where(candidate => candidate.Resource == wait.On))
                await AwaitAsync(dependency, wait).WaitAsync(cancellationToken);
        }
    }

    private static async Task AwaitAsync(ResourceProcess dependency, Wait wait)
    {
        try
        {
            await (wait.What == WaitKind.Ready ? dependency.Ready : dependency.Started);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new InvalidOperationException($"it needs {dependency.Name}, which failed", error);
        }

        if (wait.What == WaitKind.Completed && await dependency.Finished is var code && code != wait.ExitCode)
        {
            throw new InvalidOperationException(
                $"it needs {dependency.Name} to end with code {wait.ExitCode}; it was {code}");
        }
    }

    private async Task StartAsync(ResourceProcess process, CancellationToken cancellationToken)
    {
        if (process.Resource is not (ProjectResource or ExecutableResource or ContainerResource))
        {
            process.MarkStarted();
            return;
        }

        process.Show(ResourceState.Starting);
        var telemetry = await TelemetryAsync(process);
        var variables = await ResourceCommands.VariablesAsync(process, telemetry, cancellationToken);
        var command = ResourceCommands.Command(process, Owner, variables);
        process.Start(
            command with
            {
                Variables = variables,
                Output = (line, isError) => console.Write(process.Name, line, isError),
            },
            variables);
        var addresses = process.Resource.Settings.Endpoints.Select(endpoint => endpoint.Url(process.Replica));
        console.Write(ResourceConsole.Host, $"{process.Name} started {string.Join(' ', addresses)}".TrimEnd());
    }

    private async Task WatchAsync(ResourceProcess process, CancellationToken cancellationToken)
    {
        var settings = process.Resource.Settings;
        if (settings.HealthChecks.Count == 0 && settings.HttpHealthChecks.Count == 0)
        {
            process.MarkHealth(healthy: true);
            await ReportEndAsync(process, cancellationToken);
            return;
        }

        while (!process.Finished.IsCompleted)
        {
            var healthy = await IsHealthyAsync(process, cancellationToken);
            if (healthy != (process.IsHealthy ?? false) && !process.Finished.IsCompleted)
                console.Write(ResourceConsole.Host, $"{process.Name} is {(healthy ? "healthy" : "unhealthy")}");
            process.MarkHealth(healthy);
            var pause = Task.Delay(healthy ? HealthyInterval : UnhealthyInterval, cancellationToken);
            await Task.WhenAny(pause, process.Finished);
            cancellationToken.ThrowIfCancellationRequested();
        }

        await ReportEndAsync(process, cancellationToken);
    }

    private async Task ReportEndAsync(ResourceProcess process, CancellationToken cancellationToken)
    {
        var code = await process.Finished.WaitAsync(cancellationToken);
        if (code == 0)
            console.Write(ResourceConsole.Host, $"{process.Name} finished");
        else
            console.Report(process.Name, $"it exited with code {code}");
    }

    private async Task<bool> IsHealthyAsync(ResourceProcess process, CancellationToken cancellationToken)
    {
        var settings = process.Resource.Settings;
        foreach (var check in settings.HttpHealthChecks)
        {
            if (!await AnswersAsync(process, check, cancellationToken))
                return false;
        }

        if (settings.HealthChecks.Count == 0)
            return true;
        var report = await healthChecks.CheckHealthAsync(
            check => settings.HealthChecks.Contains(check.Name), cancellationToken);
        return report.Status == HealthStatus.Healthy;
    }

    private async Task<bool> AnswersAsync(
        ResourceProcess process, HttpHealthCheck check, CancellationToken cancellationToken)
    {
        var endpoint = process.Resource.Settings.Endpoints.Find(candidate =>
            candidate.Name == check.EndpointName
            || (check.EndpointName is null && candidate.Scheme.StartsWith("http", StringComparison.Ordinal)))
            ?? throw new InvalidOperationException($"it has no endpoint '{check.EndpointName}' to ask for its health");
        try
        {
            var address = new Uri(new Uri(endpoint.Url(process.Replica)), check.Path);
            using var response = await http.GetAsync(address, cancellationToken);
            return (int)response.StatusCode == check.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    // Only projects send telemetry, and only they wait until it is known whether anybody takes it.
    private async Task<Dictionary<string, string?>> TelemetryAsync(ResourceProcess process)
    {
        var variables = new Dictionary<string, string?>();
        if (process.Resource is not ProjectResource || !await dashboardStart)
            return variables;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"];
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        // Somebody watches: what happens shows within a second, not within the minute that saves traffic.
        foreach (var delay in TelemetryDelays)
            variables[delay] = "1000";
        return variables;
    }
}
