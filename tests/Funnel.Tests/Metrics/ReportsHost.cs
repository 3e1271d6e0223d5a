using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Attributing;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Grpc;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Retention;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Storage;
using SessionPlatform.Access;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Funnel.Tests.Metrics;

/// <summary>The services of reports over facts, and a site in Zurich.</summary>
public abstract class ReportsHost(PostgresFixture postgres) : IAsyncLifetime
{
    protected const string PlatformKey = "the platform key of this test";

    private WebApplication app = null!;
    private GrpcChannel channel = null!;

    protected string SiteId { get; } = $"metrics-{Guid.NewGuid()}";

    private protected FakeSites Sites { get; } = new();

    private protected FixedTime Time { get; } = new() { Now = Sample.Noon.AddDays(1) };

    private protected Contracts.Metrics.V1.Metrics.MetricsClient Client => new(channel);

    private protected GrpcChannel Channel => channel;

    public async Task InitializeAsync()
    {
        Sites.Set(SiteId, new SiteRules { TimeZone = "Europe/Zurich" });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Platform:Key"] = PlatformKey;
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.AddAccess();
        builder.AddColumns();
        builder.AddMetrics();
        builder.AddIdentity();
        builder.AddRetention();
        builder.AddAttribution();
        builder.Services.AddGrpc(options => options.Interceptors.Add<AccessInterceptor>());
        builder.Services.AddSingleton<IKeyDirectory>(new Keys(SiteId));
        builder.Services.AddSingleton<ISiteDirectory>(Sites);
        builder.Services.AddSingleton(postgres.DataSource);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<Configurations>();
        app = builder.Build();
        app.MapGrpcService<MetricsService>();
        app.MapGrpcService<IdentityService>();
        app.MapGrpcService<RetentionService>();
        app.MapGrpcService<AttributionService>();
        await app.StartAsync();
        channel = GrpcChannel.ForAddress(app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        channel.Dispose();
        await app.DisposeAsync();
    }

    protected static Metadata Key(string secret) => new() { { "authorization", $"Bearer {secret}" } };

    protected static async Task<RpcException> RefusedAsync<T>(Func<AsyncUnaryCall<T>> call) =>
        await Assert.ThrowsAsync<RpcException>(async () => await call());

    protected static IEnumerable<string> Fields(RpcException error)
    {
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        return error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field);
    }

    private protected ReportDatabase Database(TimeSpan timeout) =>
        new(postgres.DataSource, Options.Create(new FunnelOptions { ReportTimeout = timeout }));

    protected async Task ApplyAsync(params SessionDocument[] documents) =>
        await new Replica(postgres.DataSource, Sites).Applier.ApplyAsync(
            documents.Select(document => Change.Of(Sample.Updated(document))), CancellationToken.None);

    protected SessionDocument Seen(string visitorId, int number, DateTime from, DateTime to, string page)
    {
        var document = Sample.Document(
            SiteId, visitorId, Sample.SessionId(SiteId, number), from, 1, Sample.Page(page));
        document.Session.EndedAt = to.ToTimestamp();
        if (page.Length > 0)
            document.Session.ExitPage = page;
        return document;
    }

    protected async Task<long> SleepersAsync()
    {
        await using var command = postgres.DataSource.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%a sleeper%' "
            + "AND pid <> pg_backend_pid()");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private sealed class Keys(string siteId) : IKeyDirectory
    {
        public ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken) =>
            ValueTask.FromResult(secret switch
            {
                "admin" => new Caller(false, new Site { SiteId = siteId }, new HashSet<Scope> { Scope.Admin }),
                "read" => new Caller(false, new Site { SiteId = siteId }, new HashSet<Scope> { Scope.Read }),
                "other" => new Caller(false, new Site { SiteId = "other" }, new HashSet<Scope> { Scope.Admin }),
                _ => null,
            });
    }
}
