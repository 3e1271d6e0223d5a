using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Grpc;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Storage;
using SessionPlatform.ServiceDefaults.Access;
using SessionPlatform.ServiceDefaults.Grpc;
using static SessionPlatform.Funnel.Tests.Sample;
using Status = Grpc.Core.StatusCode;

namespace SessionPlatform.Funnel.Tests.Grpc;

[Collection(PostgresCollection.Name)]
public sealed class FunnelsServiceTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string PlatformKey = "the platform key of this test";

    private readonly string siteId = $"grpc-{Guid.NewGuid()}";
    private readonly FakeSites sites = new();
    private WebApplication app = null!;
    private GrpcChannel channel = null!;

    private Contracts.Funnels.V1.Funnels.FunnelsClient Client => new(channel);

    public async Task InitializeAsync()
    {
        sites.Set(siteId, new SiteRules { TimeZone = "Europe/Zurich" });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Platform:Key"] = PlatformKey;
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.AddAccess();
        builder.Services.AddGrpc(options => options.Interceptors.Add<AccessInterceptor>());
        builder.Services.AddSingleton<IKeyDirectory>(new Keys(siteId));
        builder.Services.AddSingleton<ISiteDirectory>(sites);
        builder.Services.AddSingleton(postgres.DataSource);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Configurations>();
        builder.Services.AddSingleton<FunnelResults>();
        builder.Services.AddSingleton<DayTotalsReader>();
        builder.Services.AddSingleton<CheckpointLog>();
        builder.Services.AddSingleton<RecountSignal>();
        app = builder.Build();
        app.MapGrpcService<FunnelsService>();
        await app.StartAsync();
        channel = GrpcChannel.ForAddress(app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        channel.Dispose();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_funnel_can_be_defined_listed_and_asked_for()
    {
        var definition = new FunnelDefinition
        {
            Name = "own",
            Steps = { new FunnelStep { Name = "a", Path = "/a" }, new FunnelStep { Name = "b", Path = "/b" } },
        };
        await Client.DefineFunnelAsync(new() { SiteId = siteId, Definition = definition }, Key("admin"));
        await new Replica(postgres.DataSource, sites).Applier.ApplyAsync(
            [Change.Of(Updated(Document(siteId, "v", SessionId("v", 0), Noon, 1, Page("/a"))))], CancellationToken.None);

        var list = await Client.ListFunnelsAsync(new() { SiteId = siteId }, Key("read"));
        Assert.Equal(["ecommerce", "own"], list.Definitions.Select(found => found.Name));
        var result = await Client.GetFunnelResultAsync(new() { SiteId = siteId, Name = "own" }, Key("read"));
        Assert.Equal([1u, 0u], result.Stages.Select(stage => stage.Sessions));

        var days = await Client.GetDaysAsync(
            new() { SiteId = siteId, From = "2025-06-30", To = "2025-07-02" }, Key("read"));
        Assert.Equal([0u, 1u, 0u], days.Days.Select(day => day.Sessions));
    }

    [Theory]
    [InlineData("read", Status.PermissionDenied)]
    [InlineData("other", Status.PermissionDenied)]
    [InlineData("unknown", Status.Unauthenticated)]
    public async Task Defining_takes_an_admin_key_of_the_site(string key, Status expected)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.DefineFunnelAsync(new() { SiteId = siteId }, Key(key)));
        Assert.Equal(expected, error.StatusCode);
    }

    [Fact]
    public async Task Another_sites_numbers_cannot_be_read()
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.GetDaysAsync(new() { SiteId = siteId }, Key("other")));
        Assert.Equal(Status.PermissionDenied, error.StatusCode);
    }

    [Fact]
    public async Task Every_violation_is_answered_by_field()
    {
        var days = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetDaysAsync(
            new() { SiteId = siteId, From = "1.7.2025", To = "2025-02-30" }, Key("read")));
        Assert.Equal(["from", "to"], Fields(days));

        var range = new TimeRange { From = Noon.ToTimestamp(), To = Noon.ToTimestamp() };
        var result = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetFunnelResultAsync(
            new() { SiteId = siteId, Range = range }, Key("read")));
        Assert.Equal(["name", "range.to"], Fields(result));

        var tooMany = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetDaysAsync(
            new() { SiteId = siteId, From = "2000-01-01", To = "2020-01-01" }, Key("read")));
        Assert.Equal(["to"], Fields(tooMany));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var funnel = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetFunnelResultAsync(
            new() { SiteId = siteId, Name = "none" }, Key("read")));
        Assert.Equal(Status.NotFound, funnel.StatusCode);
        var site = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetDaysAsync(
            new() { SiteId = "none" }, Key(PlatformKey)));
        Assert.Equal(Status.NotFound, site.StatusCode);
    }

    [Fact]
    public async Task Checkpoints_are_counted_by_partition_and_for_the_platform_only()
    {
        var log = app.Services.GetRequiredService<CheckpointLog>();
        foreach (var partition in new[] { 0, 2, 2 })
            await log.PassedAsync(siteId, partition, CancellationToken.None);

        var answer = await Client.GetCheckpointAsync(new() { CheckpointId = siteId }, Key(PlatformKey));
        Assert.Equal(2, answer.PassedPartitions);
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.GetCheckpointAsync(new() { CheckpointId = siteId }, Key("admin")));
        Assert.Equal(Status.PermissionDenied, error.StatusCode);
    }

    private static Metadata Key(string secret) => new() { { "authorization", $"Bearer {secret}" } };

    private static IEnumerable<string> Fields(RpcException error)
    {
        Assert.Equal(Status.InvalidArgument, error.StatusCode);
        return error.Detail<BadRequest>()!.FieldViolations.Select(violation => violation.Field);
    }

    /// <summary>Secrets named like what they may do.</summary>
    private sealed class Keys(string siteId) : IKeyDirectory
    {
        public ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken) =>
            ValueTask.FromResult(secret switch
            {
                "read" => Of(siteId, Contracts.Sites.V1.Key.Types.Scope.Read),
                "admin" => Of(siteId, Contracts.Sites.V1.Key.Types.Scope.Admin),
                "other" => Of("other", Contracts.Sites.V1.Key.Types.Scope.Admin),
                _ => null,
            });

        private static Caller Of(string site, Contracts.Sites.V1.Key.Types.Scope scope) =>
            new(false, new Site { SiteId = site }, new HashSet<Contracts.Sites.V1.Key.Types.Scope> { scope });
    }
}
