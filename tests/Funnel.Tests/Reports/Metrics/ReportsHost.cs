using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

/// <summary>The services of reports over facts, and a site in Zurich.</summary>
public abstract class ReportsHost(PostgresFixture postgres) : IAsyncLifetime
{
    protected const string PlatformKey = FunnelHost.PlatformKey;

    private FunnelHost host = null!;

    protected string SiteId { get; } = $"metrics-{Guid.NewGuid()}";

    private protected FakeSites Sites { get; } = new();

    private protected FakeTimeProvider Time { get; } = new(Sample.Noon.AddDays(1));

    private protected Contracts.Metrics.V1.Metrics.MetricsClient Client => new(host.Channel);

    private protected GrpcChannel Channel => host.Channel;

    public async Task InitializeAsync()
    {
        Sites.Set(SiteId, new SiteRules { TimeZone = "Europe/Zurich" });
        host = await FunnelHost.StartAsync(
            postgres,
            Sites,
            new Keys(SiteId),
            builder => builder.Services.AddSingleton<TimeProvider>(Time));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    protected static Metadata Key(string secret) => new() { { "authorization", $"Bearer {secret}" } };

    protected static async Task<RpcException> RefusedAsync<T>(Func<AsyncUnaryCall<T>> call) =>
        await Assert.ThrowsAsync<RpcException>(async () => await call());

    protected static IEnumerable<string> Fields(RpcException error)
    {
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        return error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field);
    }

    private protected ReportDatabase Database(TimeSpan timeout) =>
        new(postgres.DataSource, Options.Create(new ReportOptions { ReportTimeout = timeout }));

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
