using System.Text.RegularExpressions;

namespace SessionPlatform.AppHost.Tests;

public sealed partial class HostingTests
{
    [Fact]
    public async Task Resources_start_in_the_order_of_their_waits_with_the_environment_they_rely_on()
    {
        using var state = new TemporaryState();
        await using var host = new HostProcess("contract", state);
        await host.LineAsync("[client] services__service__grpc__1=");
        await host.LineAsync("[client] Text=");

        Assert.True(host.Index("[migration] migrated") < host.Index("[apphost] service-1 started"));
        Assert.True(host.Index("[apphost] service-1 is healthy") < host.Index("[apphost] client started"));
        Assert.True(host.Index("[apphost] service-2 is healthy") < host.Index("[apphost] client started"));
        Assert.Contains("[client] ConnectionStrings__renamed=Host=here;Password=hush", host.Lines);
        Assert.Contains("[client] Password=hush", host.Lines);
        Assert.Contains("[client] Text=late", host.Lines);

        var first = Address(await host.LineAsync("[client] services__service__grpc__0="));
        Assert.Equal(first, Address(await host.LineAsync("[client] Address=")));
        Assert.NotEqual(first, Address(await host.LineAsync("[client] services__service__grpc__1=")));

        using var http = new HttpClient
        {
            BaseAddress = new Uri(Address(await host.LineAsync("[client] services__service__http__0="))),
        };
        Assert.Equal(first, await VariableAsync("Kestrel__Endpoints__grpc__Url"));
        Assert.Equal(http.BaseAddress, new Uri(await VariableAsync("Kestrel__Endpoints__http__Url")));
        Assert.Equal("Host=here;Password=hush", await VariableAsync("ConnectionStrings__database"));
        Assert.Equal("service", await VariableAsync("OTEL_SERVICE_NAME"));
        Assert.Equal("service.instance.id=1", await VariableAsync("OTEL_RESOURCE_ATTRIBUTES"));

        Task<string> VariableAsync(string name) =>
            http.GetStringAsync(new Uri($"/environment/{name}", UriKind.Relative));
    }

    [Fact]
    public async Task A_failing_resource_is_reported_with_its_last_lines_and_the_others_go_on()
    {
        using var state = new TemporaryState();
        await using var host = new HostProcess("failure", state);

        await host.LineAsync("[apphost] broken failed: it exited with code 3");
        await host.LineAsync("[apphost]     the reason");
        await host.LineAsync("[apphost]     the details");
        await host.LineAsync("[apphost] dependent failed: it needs broken to end with code 0; it was 3");
        await host.LineAsync("[bystander] runs all the same");
        Assert.DoesNotContain("[dependent] must not run", host.Lines);
    }

    [Fact]
    public async Task SIGTERM_stops_services_before_the_servers_they_need_and_leaves_nothing()
    {
        using var state = new TemporaryState();
        await using var host = await StartTreeAsync(state);
        await host.EndAsync("TERM");

        Assert.True(host.Index("[outer] goodbye") < host.Index("[middle] goodbye"));
        Assert.True(host.Index("[middle] goodbye") < host.Index("[server] goodbye"));
        Assert.Equal("[apphost] stopped", host.Lines[^1]);
        Assert.Empty(state.Processes());
    }

    [Fact]
    public async Task A_killed_host_leaves_nothing_behind()
    {
        using var state = new TemporaryState();
        await using var host = await StartTreeAsync(state);
        await host.EndAsync("KILL");

        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (state.Processes().Count > 0 && DateTime.UtcNow < deadline)
            await Task.Delay(50);
        Assert.Empty(state.Processes());
    }

    private static async Task<HostProcess> StartTreeAsync(TemporaryState state)
    {
        var host = new HostProcess("tree", state);
        await host.LineAsync("[outer] up");
        await host.LineAsync("[apphost] service is healthy");
        // Four commands and the daemon that has left its parent's session.
        Assert.True(state.Processes().Count >= 5, string.Join('\n', state.Processes()));
        return host;
    }

    private static string Address(string line) => AddressPattern().Match(line).Value;

    [GeneratedRegex("http://127\\.0\\.0\\.1:[0-9]+")]
    private static partial Regex AddressPattern();
}
