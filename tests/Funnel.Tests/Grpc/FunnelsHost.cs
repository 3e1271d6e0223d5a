using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.FunnelReports;
using SessionPlatform.Funnel.Grpc;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Storage;
using SessionPlatform.Access;
using Status = Grpc.Core.StatusCode;

namespace SessionPlatform.Funnel.Tests.Grpc;

/// <summary>The service Funnels, and a site in Zurich.</summary>
public abstract class FunnelsHost(PostgresFixture postgres) : IAsyncLifetime
{
    protected const string PlatformKey = "the platform key of this test";

    private readonly FakeSites sites = new();
    private WebApplication app = null!;
    private GrpcChannel channel = null!;

    protected string SiteId { get; } = $"grpc-{Guid.NewGuid()}";

    protected IServiceProvider Services => app.Services;

    private protected Replica Replica => new(postgres.DataSource, sites);

    private protected Contracts.Funnels.V1.Funnels.FunnelsClient Client => new(channel);

    public async Task InitializeAsync()
    {
        sites.Set(SiteId, new SiteRules { TimeZone = "Europe/Zurich" });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Platform:Key"] = PlatformKey;
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.AddAccess();
        builder.Services.AddGrpc(options => options.Interceptors.Add<AccessInterceptor>());
        builder.Services.AddSingleton<IKeyDirectory>(new Keys(SiteId));
        builder.Services.AddSingleton<ISiteDirectory>(sites);
        builder.Services.AddSingleton(postgres.DataSource);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Configurations>();
        builder.Services.AddSingleton<KeptStages>();
        builder.Services.AddSingleton<FunnelVisitors>();
        builder.Services.AddSingleton<FunnelResults>();
        builder.Services.AddSingleton<DayTotalsReader>();
        builder.Services.AddSingleton<CheckpointLog>();
        builder.Services.AddSingleton<RecountSignal>();
        builder.AddColumns();
        builder.AddMetrics();
        builder.AddFunnelReports();
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

    protected static Metadata Key(string secret) => new() { { "authorization", $"Bearer {secret}" } };

    protected static IEnumerable<string> Fields(RpcException error)
    {
        Assert.Equal(Status.InvalidArgument, error.StatusCode);
        return error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field);
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
