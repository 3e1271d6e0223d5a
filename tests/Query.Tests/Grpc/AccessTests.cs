using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Query.Tests.Grpc;

public sealed class AccessTests : IClassFixture<QueryHost>
{
    private readonly QueryHost host;

    public AccessTests(QueryHost host)
    {
        this.host = host;
        host.Services.Reset();
    }

    public static TheoryData<string> Reads =>
    [
        "ListSessions", "GetSession", "GetSessionStats", "ExplainSession", "GetLateness", "GetRejectCounts",
        "ListFunnels", "GetFunnelResult", "GetDays", "GetSeries", "GetTopList", "GetActiveVisitors", "GetPaths",
        "GetTransitions", "GetFunnelReport", "ListFunnelActors", "ExplainFunnel", "GetRetention", "GetLifecycle",
        "GetStickiness", "GetAttribution", "ListTies",
    ];

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_read_key_reads_its_own_site(string method)
    {
        var key = host.Services.AddKey("shop", Scope.Read);

        await CallAsync(method, "shop", key);

        Assert.Single(host.Services.Calls, call => call.Method.EndsWith(method, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_key_reads_nothing_of_another_site(string method)
    {
        var key = host.Services.AddKey("shop", Scope.Read, Scope.Admin);

        var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(method, "bank", key));

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Empty(host.Services.Calls);
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task An_ingest_key_reads_nothing(string method)
    {
        var key = host.Services.AddKey("shop", Scope.Ingest);

        var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(method, "shop", key));

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Empty(host.Services.Calls);
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task The_platform_reads_every_site_and_unknown_keys_none(string method)
    {
        await CallAsync(method, "bank", FakeServices.PlatformKey);
        var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(method, "bank", "no-such-key"));

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Single(host.Services.Calls);
    }

    [Fact]
    public async Task A_call_without_a_key_is_refused()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.ListSessionsAsync(new ListSessionsRequest { SiteId = "shop" }));

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task Only_an_admin_key_defines_funnels()
    {
        var read = host.Services.AddKey("shop", Scope.Read);
        var admin = host.Services.AddKey("shop", Scope.Admin);
        var request = new DefineFunnelRequest { SiteId = "shop" };

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.DefineFunnelAsync(request, QueryHost.As(read)));
        await host.Client.DefineFunnelAsync(request, QueryHost.As(admin));

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Single(host.Services.Calls);
    }

    [Fact]
    public async Task Only_an_admin_key_marks_bots()
    {
        var read = host.Services.AddKey("shop", Scope.Read);
        var admin = host.Services.AddKey("shop", Scope.Admin);
        var request = new MarkBotsRequest { SiteId = "shop", VisitorIds = { "v" } };

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.MarkBotsAsync(request, QueryHost.As(read)));
        await host.Client.MarkBotsAsync(request, QueryHost.As(admin));

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Single(host.Services.Calls);
    }

    [Fact]
    public async Task Only_an_admin_key_revokes_ties()
    {
        var read = host.Services.AddKey("shop", Scope.Read);
        var admin = host.Services.AddKey("shop", Scope.Admin);
        var request = new SetTieRequest { SiteId = "shop", VisitorId = "v", UserId = "u", Revoked = true };

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.SetTieAsync(request, QueryHost.As(read)));
        await host.Client.SetTieAsync(request, QueryHost.As(admin));

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Equal("Identity/SetTie", Assert.Single(host.Services.Calls).Method);
    }

    [Fact]
    public async Task Rejects_of_unknown_senders_are_for_the_platform_only()
    {
        var key = host.Services.AddKey("shop", Scope.Admin);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.GetRejectCountsAsync(new GetRejectCountsRequest(), QueryHost.As(key)));
        await host.Client.GetRejectCountsAsync(new GetRejectCountsRequest(), QueryHost.As(FakeServices.PlatformKey));

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Single(host.Services.Calls);
    }

    [Fact]
    public async Task The_services_behind_are_shown_the_platform_key_only()
    {
        var key = host.Services.AddKey("shop", Scope.Read);

        await CallAsync("ListSessions", "shop", key);

        Assert.Equal($"Bearer {FakeServices.PlatformKey}", Assert.Single(host.Services.Calls).Authorization);
    }

    [Fact]
    public async Task A_request_without_a_site_is_a_violation_of_that_field()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            CallAsync("ListSessions", "", FakeServices.PlatformKey));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("site_id", Assert.Single(error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Field);
    }

    private async Task CallAsync(string method, string site, string key)
    {
        var options = QueryHost.As(key);
        object _ = method switch
        {
            "ListSessions" => await host.Client.ListSessionsAsync(new() { SiteId = site }, options),
            "GetSession" => await host.Client.GetSessionAsync(new() { SiteId = site }, options),
            "GetSessionStats" => await host.Client.GetSessionStatsAsync(new() { SiteId = site }, options),
            "ExplainSession" => await host.Client.ExplainSessionAsync(new() { SiteId = site }, options),
            "GetLateness" => await host.Client.GetLatenessAsync(new() { SiteId = site }, options),
            "GetRejectCounts" => await host.Client.GetRejectCountsAsync(new() { SiteId = site }, options),
            "ListFunnels" => await host.Client.ListFunnelsAsync(new() { SiteId = site }, options),
            "GetFunnelResult" => await host.Client.GetFunnelResultAsync(new() { SiteId = site }, options),
            "GetSeries" => await host.Client.GetSeriesAsync(new() { SiteId = site }, options),
            "GetTopList" => await host.Client.GetTopListAsync(new() { SiteId = site }, options),
            "GetActiveVisitors" => await host.Client.GetActiveVisitorsAsync(new() { SiteId = site }, options),
            "GetPaths" => await host.Client.GetPathsAsync(new() { SiteId = site }, options),
            "GetTransitions" => await host.Client.GetTransitionsAsync(new() { SiteId = site }, options),
            "GetDays" => await host.Client.GetDaysAsync(new() { SiteId = site }, options),
            "GetFunnelReport" => await host.Client.GetFunnelReportAsync(new() { SiteId = site }, options),
            "ListFunnelActors" =>
                await host.Client.ListFunnelActorsAsync(new() { Funnel = new() { SiteId = site } }, options),
            "ExplainFunnel" =>
                await host.Client.ExplainFunnelAsync(new() { Funnel = new() { SiteId = site } }, options),
            "GetRetention" => await host.Client.GetRetentionAsync(new() { SiteId = site }, options),
            "GetLifecycle" => await host.Client.GetLifecycleAsync(new() { SiteId = site }, options),
            "GetStickiness" => await host.Client.GetStickinessAsync(new() { SiteId = site }, options),
            "GetAttribution" => await host.Client.GetAttributionAsync(new() { SiteId = site }, options),
            "ListTies" => await host.Client.ListTiesAsync(new() { SiteId = site }, options),
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };
    }
}
