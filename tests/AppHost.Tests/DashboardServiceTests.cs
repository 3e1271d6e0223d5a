using Aspire.Hosting.Dashboard.Wire;
using Grpc.Core;
using Grpc.Net.Client;
using SessionPlatform.LocalServers;

namespace SessionPlatform.AppHost.Tests;

/// <summary>The resources as the official dashboard reads them; it needs no dashboard.</summary>
public sealed class DashboardServiceTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryState state = new();
    private readonly CancellationTokenSource timeout = new(Patience);
    private readonly GrpcChannel channel;
    private readonly DashboardService.DashboardServiceClient client;
    private readonly HostProcess host;

    public DashboardServiceTests()
    {
        var address = $"http://127.0.0.1:{LocalPorts.Free()}";
        host = new HostProcess("contract", state, $"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL={address}");
        channel = GrpcChannel.ForAddress(address);
        client = new DashboardService.DashboardServiceClient(channel);
    }

    [Fact]
    public async Task Every_resource_has_what_the_dashboard_reads_unasked()
    {
        using var call = client.WatchResources(new WatchResourcesRequest(), cancellationToken: timeout.Token);
        var resources = await InitialAsync(call);

        Assert.Equal(
            ["client", "database", "migration", "password", "service", "service"],
            resources.Select(resource => resource.DisplayName).Order());
        Assert.All(resources, HasRequiredFields);
        Assert.Distinct(resources.Select(resource => resource.Name));
    }

    [Fact]
    public async Task Changes_follow_the_first_message_until_a_service_is_healthy_with_its_addresses()
    {
        using var call = client.WatchResources(new WatchResourcesRequest(), cancellationToken: timeout.Token);
        var service = (await InitialAsync(call)).Single(resource => resource.Name == "service-1");
        while (!IsHealthy(service) && await call.ResponseStream.MoveNext(timeout.Token))
        {
            var changes = call.ResponseStream.Current.Changes.Value.Select(change => change.Upsert).ToList();
            Assert.All(changes, HasRequiredFields);
            service = changes.LastOrDefault(resource => resource.Name == "service-1") ?? service;
        }

        Assert.Equal("Project", service.ResourceType);
        Assert.Equal("Running", service.State);
        Assert.Equal(["grpc", "http"], service.Urls.Select(url => url.EndpointName).Order());
        Assert.All(service.Urls, url => Assert.False(url.IsInactive));
        var project = service.Properties.Single(property => property.Name == "project.path");
        Assert.EndsWith("TestService.csproj", project.Value.StringValue, StringComparison.Ordinal);
        Assert.True(service.StartedAt >= service.CreatedAt);
    }

    [Fact]
    public async Task Console_lines_are_numbered_and_end_where_the_dashboard_will_not_follow()
    {
        await host.LineAsync("[migration] migrated");
        var request = new WatchResourceConsoleLogsRequest { ResourceName = "migration", SuppressFollow = true };
        using var call = client.WatchResourceConsoleLogs(request, cancellationToken: timeout.Token);

        Assert.True(await call.ResponseStream.MoveNext(timeout.Token));
        var line = Assert.Single(call.ResponseStream.Current.LogLines);
        Assert.Equal(("migrated", 1, false), (line.Text, line.LineNumber, line.IsStdErr));
        Assert.False(await call.ResponseStream.MoveNext(timeout.Token));
    }

    [Fact]
    public async Task Streams_that_have_nothing_to_say_are_open_at_once()
    {
        using var interactions = client.WatchInteractions(cancellationToken: timeout.Token);
        using var silent = client.WatchResourceConsoleLogs(
            new WatchResourceConsoleLogsRequest { ResourceName = "database" }, cancellationToken: timeout.Token);

        await interactions.ResponseHeadersAsync;
        await silent.ResponseHeadersAsync;
    }

    // The address answers a little after the process has started.
    public async Task InitializeAsync()
    {
        while (true)
        {
            try
            {
                var name = await client.GetApplicationInformationAsync(
                    new ApplicationInformationRequest(), cancellationToken: timeout.Token);
                Assert.Equal("TestHost", name.ApplicationName);
                return;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
            }
        }
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    public void Dispose()
    {
        channel.Dispose();
        timeout.Dispose();
        state.Dispose();
    }

    private async Task<IReadOnlyList<Resource>> InitialAsync(AsyncServerStreamingCall<WatchResourcesUpdate> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(timeout.Token));
        Assert.Equal(WatchResourcesUpdate.KindOneofCase.InitialData, call.ResponseStream.Current.KindCase);
        return call.ResponseStream.Current.InitialData.Resources;
    }

    private static void HasRequiredFields(Resource resource)
    {
        Assert.All(
            [resource.Name, resource.DisplayName, resource.ResourceType, resource.Uid],
            text => Assert.NotEqual("", text));
        Assert.NotNull(resource.CreatedAt);
        // The dashboard reads these of each address, and shows no resource at all when they are missing.
        Assert.All(resource.Urls, url => Assert.NotNull(url.DisplayProperties));
        Assert.All(resource.Urls, url => Assert.True(Uri.TryCreate(url.FullUrl, UriKind.Absolute, out _)));
        Assert.All(resource.Properties, property => Assert.NotNull(property.Value));
        Assert.Distinct(resource.Properties.Select(property => property.Name));
    }

    private static bool IsHealthy(Resource resource) =>
        resource.HealthReports.Any(report => report is { HasStatus: true, Status: HealthStatus.Healthy });
}
