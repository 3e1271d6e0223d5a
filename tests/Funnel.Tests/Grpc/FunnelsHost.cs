using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Sites.V1;
using Status = Grpc.Core.StatusCode;

namespace SessionPlatform.Funnel.Tests.Grpc;

/// <summary>The service Funnels, and a site in Zurich.</summary>
public abstract class FunnelsHost(PostgresFixture postgres) : IAsyncLifetime
{
    protected const string PlatformKey = FunnelHost.PlatformKey;

    private readonly FakeSites sites = new();
    private FunnelHost host = null!;

    protected string SiteId { get; } = $"grpc-{Guid.NewGuid()}";

    protected IServiceProvider Services => host.Services;

    private protected Replica Replica => new(postgres.DataSource, sites);

    private protected Contracts.Funnels.V1.Funnels.FunnelsClient Client => new(host.Channel);

    public async Task InitializeAsync()
    {
        sites.Set(SiteId, new SiteRules { TimeZone = "Europe/Zurich" });
        host = await FunnelHost.StartAsync(postgres, sites, new Keys(SiteId));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

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
