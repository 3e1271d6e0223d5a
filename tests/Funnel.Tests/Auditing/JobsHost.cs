using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Auditing;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Recounting;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Funnel.Tests.Auditing;

/// <summary>The service Jobs with a fake Sessionizer beside it, and a site with a funnel of its own.</summary>
public abstract class JobsHost(PostgresFixture postgres) : IAsyncLifetime
{
    protected const string PlatformKey = FunnelHost.PlatformKey;
    protected const string OwnFunnel = "own";

    protected static readonly string[] OwnSteps = ["category", "cart", "checkout"];

    private readonly FakeSites sites = new();
    private FunnelHost host = null!;

    protected string SiteId { get; } = $"jobs-{Guid.NewGuid()}";

    private protected FakeSessionizer Sessionizer { get; } = new();

    private protected ImpatientTime Time { get; } = new();

    private protected FakeSites Sites => sites;

    private protected Replica Replica { get; private set; } = null!;

    protected NpgsqlDataSource DataSource => postgres.DataSource;

    private protected Auditor Auditor => host.Services.GetRequiredService<Auditor>();

    protected Jobs.JobsClient Client => new(host.Channel);

    public async Task InitializeAsync()
    {
        sites.Set(SiteId, new SiteRules { TimeZone = "America/St_Johns" });
        Replica = new Replica(postgres.DataSource, sites);
        await DefineAsync(OwnFunnel, OwnSteps);
        host = await FunnelHost.StartAsync(postgres, sites, new Keys(SiteId), Configure, Map);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    protected static Metadata Key(string secret) => new() { { "authorization", $"Bearer {secret}" } };

    private protected async Task<Audited> AuditAsync(bool repair = false, TimeRange? range = null)
    {
        using var call = Client.Audit(
            new AuditRequest { SiteId = SiteId, Repair = repair, Range = range }, Key("admin"));
        return new Audited(await call.ResponseStream.ReadAllAsync().ToListAsync());
    }

    protected async Task DefineAsync(string name, params string[] steps)
    {
        await Replica.Configurations.FindAsync(SiteId, CancellationToken.None);
        var definition = new FunnelDefinition
        {
            Name = name,
            Steps = { steps.Select(step => new FunnelStep { Name = step, Category = step }) },
        };
        Assert.True(await Replica.Configurations.DefineAsync(SiteId, definition, CancellationToken.None));
    }

    /// <summary>The Sessionizer has it, and Funnel is told.</summary>
    private protected async Task HappensAsync(params SessionFact[] facts)
    {
        foreach (var fact in facts)
            Sessionizer.Learn(fact);
        await Replica.Applier.ApplyAsync(facts.Select(Change.Of), CancellationToken.None);
    }

    private protected async Task<int> ExecuteAsync(string sql)
    {
        await using var command = postgres.DataSource.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    private protected async Task<string> ScalarAsync(string sql)
    {
        await using var command = postgres.DataSource.CreateCommand(sql);
        return (await command.ExecuteScalarAsync())?.ToString() ?? "";
    }

    /// <summary>All that is stored of the site, less what says the same as nothing.</summary>
    private protected async Task<string> DumpAsync()
    {
        // The same amount may be written with more zeros behind.
        const string Revenue = "(SELECT site_id, day, currency, sessions, trim_scale(amount) FROM day_revenue)";
        // How often they were changed is no part of what they say.
        var sums = string.Join(", ", HourTotals.Columns);
        var hours = $"(SELECT site_id, hour, is_bot, {sums} FROM hour_totals)";
        const string FunnelDays = "(SELECT site_id, funnel_id, day, stage, sessions FROM funnel_days)";
        var dump = new List<string>();
        foreach (var (table, isSomething) in new[]
        {
            ("session_documents", "NOT retracted"), ("day_totals", "sessions <> 0"), (Revenue, "sessions <> 0"),
            ("day_visitors", "sessions <> 0"), (FunnelDays, "sessions <> 0"), ("funnel_visitors", "sessions <> 0"),
            ("counted_versions", "sessions <> 0"), ("session_facts", "true"),
            (hours, "sessions <> 0"),
        })
        {
            dump.Add(await ScalarAsync(
                $"""
                SELECT string_agg(t::text, E'\n' ORDER BY t::text) FROM {table} AS t
                WHERE site_id = '{SiteId}' AND {isSomething}
                """));
        }

        return string.Join('\n', dump);
    }

    private void Configure(WebApplicationBuilder builder)
    {
        builder.Services.Configure<GrpcServiceOptions>(options => options.EnableDetailedErrors = true);
        builder.Services.AddSingleton(Sessionizer);
        // Only the auditor is impatient: the timers of everything else run by the clock of the machine.
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<Auditor>(services, Time));
        builder.Services.AddHostedService(services => services.GetRequiredService<Recounter>());
    }

    private static void Map(WebApplication app)
    {
        app.MapGrpcService<FakeSessionizer>();
        app.Lifetime.ApplicationStarted.Register(
            () => app.Configuration["services:sessionizer:grpc:0"] = app.Urls.First());
    }

    private sealed class Keys(string siteId) : IKeyDirectory
    {
        public ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken) =>
            ValueTask.FromResult(secret switch
            {
                "admin" => new Caller(false, new Site { SiteId = siteId }, new HashSet<Scope> { Scope.Admin }),
                "read" => new Caller(false, new Site { SiteId = siteId }, new HashSet<Scope> { Scope.Read }),
                _ => null,
            });
    }
}

/// <summary>All that an audit said.</summary>
internal sealed class Audited(List<AuditResponse> messages)
{
    public AuditSummary Summary { get; } = messages[^1].Summary;

    public List<AuditDifference> Differences { get; } =
        [.. messages.Select(message => message.Difference).OfType<AuditDifference>()];

    public List<AuditProgress> Progress { get; } =
        [.. messages.Select(message => message.Progress).OfType<AuditProgress>()];

    public void AssertClean()
    {
        Assert.Empty(Differences);
        Assert.Equal((0ul, 0ul), (Summary.Differences, Summary.Repaired));
    }
}
