using Aspire.Hosting.Dashboard.Wire;
using Aspire.Hosting.Running;
using Grpc.Core;

namespace Aspire.Hosting.Dashboard;

/// <summary>Shows the dashboard the resources, their state and what they print.</summary>
internal sealed class ResourceService(ApplicationRunner runner, ResourceConsole console)
    : DashboardService.DashboardServiceBase
{
    // People watch: a change may show this much later.
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(400);

    public override Task<ApplicationInformationResponse> GetApplicationInformation(
        ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new ApplicationInformationResponse { ApplicationName = runner.ApplicationName });

    public override async Task WatchResources(
        WatchResourcesRequest request,
        IServerStreamWriter<WatchResourcesUpdate> responseStream,
        ServerCallContext context)
    {
        var shown = runner.Processes.ToDictionary(process => process, process => process.Version);
        var initial = new InitialResourceData { Resources = { shown.Keys.Select(ResourceSnapshots.Of) } };
        await responseStream.WriteAsync(
            new WatchResourcesUpdate { InitialData = initial }, context.CancellationToken);
        while (await PauseAsync(context))
        {
            var changed = shown.Where(pair => pair.Key.Version != pair.Value).Select(pair => pair.Key).ToList();
            if (changed.Count == 0)
                continue;
            var changes = new WatchResourcesChanges();
            foreach (var process in changed)
            {
                shown[process] = process.Version;
                changes.Value.Add(new WatchResourcesChange { Upsert = ResourceSnapshots.Of(process) });
            }

            await responseStream.WriteAsync(new WatchResourcesUpdate { Changes = changes }, context.CancellationToken);
        }
    }

    public override async Task WatchResourceConsoleLogs(
        WatchResourceConsoleLogsRequest request,
        IServerStreamWriter<WatchResourceConsoleLogsUpdate> responseStream,
        ServerCallContext context)
    {
        var process = runner.Processes
            .FirstOrDefault(candidate => ResourceSnapshots.NameOf(candidate) == request.ResourceName)
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"No resource '{request.ResourceName}'."));
        // A resource may be silent for long; the reader shall know at once that it is connected.
        await context.WriteResponseHeadersAsync(Metadata.Empty);
        var last = 0;
        do
        {
            var lines = console.After(process.Name, last);
            if (lines.Count == 0)
                continue;
            last = lines[^1].Number;
            var update = new WatchResourceConsoleLogsUpdate();
            update.LogLines.AddRange(lines.Select(line =>
                new ConsoleLogLine { Text = line.Text, IsStdErr = line.IsError, LineNumber = line.Number }));
            await responseStream.WriteAsync(update, context.CancellationToken);
        }
        while (!request.SuppressFollow && await PauseAsync(context));
    }

    public override Task<ResourceCommandResponse> ExecuteResourceCommand(
        ResourceCommandRequest request, ServerCallContext context) =>
        Task.FromResult(new ResourceCommandResponse
        {
            Kind = ResourceCommandResponseKind.Failed,
            Message = "Resources take no commands here.",
        });

    /// <summary>
    /// Nothing here asks the user anything; the stream stays open, since the dashboard would reconnect.
    /// </summary>
    public override async Task WatchInteractions(
        IAsyncStreamReader<WatchInteractionsRequest> requestStream,
        IServerStreamWriter<WatchInteractionsResponse> responseStream,
        ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync(Metadata.Empty);
        while (await PauseAsync(context))
        {
            // Silent by design.
        }
    }

    private static async Task<bool> PauseAsync(ServerCallContext context)
    {
        try
        {
            await Task.Delay(Refresh, context.CancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
