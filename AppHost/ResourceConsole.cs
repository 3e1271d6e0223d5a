using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SessionPlatform.AppHost;

/// <summary>
/// One terminal for all resources: each line carries the name of the resource that wrote it. A resource that fails is
/// reported as <c>[apphost] NAME failed: …</c> with its last lines, also in a file that <c>./run</c> looks for.
/// </summary>
internal sealed partial class ResourceConsole(
    ResourceNotificationService states,
    ResourceLoggerService logs,
    IHostApplicationLifetime lifetime,
    LocalState state) : BackgroundService
{
    private const string Host = "apphost";
    private const int LinesInReport = 20;
    private static readonly int[] Colours = [36, 32, 33, 35, 34, 96, 92, 93, 95, 94];
    private static readonly TimeSpan LastLinesArrive = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Resource> resources = new();
    private readonly Lock gate = new();
    private readonly bool coloured =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private readonly StreamWriter output =
        new(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in states.WatchAsync(stoppingToken))
        {
            var resource = resources.GetOrAdd(change.ResourceId, id =>
            {
                var added = new Resource(change.Resource.Name, resources.Count);
                _ = ForwardAsync(id, added, stoppingToken);
                return added;
            });
            await ReportAsync(resource, change.Snapshot, stoppingToken);
        }
    }

    private async Task ReportAsync(Resource resource, CustomResourceSnapshot snapshot, CancellationToken cancellationToken)
    {
        var now = snapshot.State?.Text;
        var before = resource.State;
        if (now == before)
            return;
        resource.State = now;
        // A resource that is being stopped does not fail, whatever its exit code is.
        if (before == KnownResourceStates.Stopping || lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        var failure = now switch
        {
            _ when now == KnownResourceStates.FailedToStart => "it did not start",
            _ when (now == KnownResourceStates.Exited || now == KnownResourceStates.Finished) && snapshot.ExitCode != 0 =>
                $"it exited with code {snapshot.ExitCode}",
            _ => null,
        };
        if (failure is null)
            return;
        await Task.Delay(LastLinesArrive, cancellationToken);
        List<string> report =
            [$"{resource.Name} failed: {failure}", .. resource.LastLines.Select(line => $"    {line}")];
        foreach (var line in report)
            Write(Host, 0, line);
        await File.AppendAllLinesAsync(state.FailuresFile, report, cancellationToken);
    }

    private async Task ForwardAsync(string id, Resource resource, CancellationToken cancellationToken)
    {
        await foreach (var batch in logs.WatchAsync(id).WithCancellation(cancellationToken))
        {
            foreach (var line in batch)
            {
                var text = WithoutTime(line.Content);
                if (!coloured)
                    text = Colour().Replace(text, "");
                resource.LastLines.Enqueue(text);
                while (resource.LastLines.Count > LinesInReport)
                    resource.LastLines.TryDequeue(out _);
                Write(resource.Name, resource.Index, text);
            }
        }
    }

    // The orchestrator puts the time before each line.
    private static string WithoutTime(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is var space and > 18
            && DateTimeOffset.TryParse(line.AsSpan(0, space), null, out _)
            ? line[(space + 1)..]
            : line;

    private void Write(string name, int index, string text)
    {
        lock (gate)
        {
            output.WriteLine(coloured
                ? $"\e[{Colours[index % Colours.Length]}m[{name}]\e[0m {text}"
                : $"[{name}] {text}");
        }
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Colour();

    private sealed class Resource(string name, int index)
    {
        public string Name => name;

        public int Index => index;

        public string? State { get; set; }

        public ConcurrentQueue<string> LastLines { get; } = [];
    }
}

/// <summary>Registers <see cref="ResourceConsole"/>.</summary>
internal static class ResourceConsoleExtensions
{
    public static void AddResourceConsole(this IDistributedApplicationBuilder builder, LocalState state)
    {
        if (!builder.ExecutionContext.IsRunMode)
            return;
        // What the orchestrator says about itself is in its way unless something is wrong.
        builder.Services.AddLogging(logging => logging
            .SetMinimumLevel(LogLevel.Warning)
            // A resource is unhealthy until it has started; the dashboard shows its health.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        // First of the hosted services: the orchestrator's start returns only when all resources have been started.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(services =>
            ActivatorUtilities.CreateInstance<ResourceConsole>(services, state)));
    }
}
