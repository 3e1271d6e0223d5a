using Npgsql;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Recounting;
using static SessionPlatform.Funnel.Tests.Sample;

namespace SessionPlatform.Funnel.Tests.Applying;

[Collection(PostgresCollection.Name)]
public sealed class ApplierTests(PostgresFixture postgres)
{
    private static readonly string[] Steps = ["category", "cart", "checkout"];
    private static readonly string[] OtherSteps = ["home", "product"];

    private readonly FakeSites sites = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 4)]
    [InlineData(6, 4)]
    public async Task Aggregates_equal_a_recount_whatever_the_order_and_the_number_of_appliers(int seed, int appliers)
    {
        var random = new Random(seed);
        for (var round = 0; round < 4; round++)
        {
            var siteId = NewSite("America/St_Johns");
            var facts = new RandomFacts(random, siteId, sessions: 60);
            await DefineAsync(siteId, "own", Steps);
            await ApplyAsync(facts, appliers);
            await CheckAsync(siteId, facts, random, $"seed {seed}, round {round}", ("own", Steps));
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Definitions_and_rules_may_change_while_facts_arrive(int seed)
    {
        var random = new Random(seed);
        var siteId = NewSite("UTC");
        var facts = new RandomFacts(random, siteId, sessions: 200);
        await DefineAsync(siteId, "changed", OtherSteps);
        using var signal = new RecountSignal();
        var recounter = new Replica(postgres.DataSource, sites).CreateRecounter(signal);

        var applying = ApplyAsync(facts, appliers: 3);
        await recounter.RecountAsync(CancellationToken.None);
        await DefineAsync(siteId, "changed", Steps);
        await recounter.RecountAsync(CancellationToken.None);
        sites.Set(siteId, new SiteRules { TimeZone = "America/St_Johns" });
        await DefineAsync(siteId, "later", OtherSteps);
        await recounter.RecountAsync(CancellationToken.None);
        await applying;
        while (await recounter.RecountAsync(CancellationToken.None) > 0)
        {
        }

        await CheckAsync(siteId, facts, random, $"seed {seed}", ("changed", Steps), ("later", OtherSteps));
    }

    [Fact]
    public async Task A_funnel_counts_nothing_of_its_former_definition_and_says_how_much_is_left()
    {
        var siteId = NewSite("UTC");
        var replica = new Replica(postgres.DataSource, sites);
        await DefineAsync(siteId, "f", Steps);
        await replica.Applier.ApplyAsync(
            [Of(siteId, "v1", Page("/", "category")), Of(siteId, "v2", Page("/", "home"))], CancellationToken.None);
        await DefineAsync(siteId, "f", OtherSteps);

        var pending = await replica.Results.GetAsync(siteId, "f", null, null, CancellationToken.None);
        Assert.Equal((2u, 0u), (pending!.PendingSessions, pending.Stages[0].Sessions));
        var other = await replica.Results.GetAsync(siteId, EcommerceFunnel.Name, null, null, CancellationToken.None);
        Assert.Equal((0u, 2u), (other!.PendingSessions, other.Stages[0].Sessions));

        using var signal = new RecountSignal();
        await replica.CreateRecounter(signal, batch: 1).RecountAsync(CancellationToken.None);
        var counted = await replica.Results.GetAsync(siteId, "f", null, null, CancellationToken.None);
        Assert.Equal((0u, 1u), (counted!.PendingSessions, counted.Stages[0].Sessions));
    }

    [Fact]
    public async Task Other_page_patterns_of_the_site_recount_the_built_in_funnel()
    {
        var siteId = NewSite("UTC");
        var replica = new Replica(postgres.DataSource, sites);
        await replica.Applier.ApplyAsync([Of(siteId, "v", Page("/warenkorb"))], CancellationToken.None);
        sites.Set(siteId, new SiteRules { TimeZone = "UTC", Ecommerce = new() { Cart = { "/warenkorb" } } });
        await replica.Configurations.FindAsync(siteId, CancellationToken.None);

        using var signal = new RecountSignal();
        Assert.Equal(1, await replica.CreateRecounter(signal).RecountAsync(CancellationToken.None));
        var answer = await replica.Results.GetAsync(siteId, EcommerceFunnel.Name, null, null, CancellationToken.None);
        Assert.Equal([1u, 1u, 1u, 1u, 0u, 0u], answer!.Stages.Select(stage => stage.Sessions));
    }

    [Fact]
    public async Task Rules_that_do_not_matter_here_recount_nothing()
    {
        var siteId = NewSite("UTC");
        var replica = new Replica(postgres.DataSource, sites);
        await replica.Applier.ApplyAsync([Of(siteId, "v", Page("/"))], CancellationToken.None);
        sites.Set(siteId, new SiteRules { TimeZone = "UTC", EngagedPageViews = 5 });
        Assert.Equal(1, (await replica.Configurations.FindAsync(siteId, CancellationToken.None))!.Version);
    }

    [Fact]
    public async Task A_snapshot_that_comes_after_its_retraction_stays_out()
    {
        var siteId = NewSite("UTC");
        var applier = new Replica(postgres.DataSource, sites).Applier;
        var document = Document(siteId, "v", SessionId("v", 0), Noon, 3, Page("/"));
        Assert.Equal(1, await applier.ApplyAsync([Change.Of(Retracted(document, 4))], CancellationToken.None));
        Assert.Equal(0, await applier.ApplyAsync([Change.Of(Updated(document))], CancellationToken.None));
        Assert.Equal("", await DumpAsync("day_totals", siteId));
    }

    [Fact]
    public async Task Stopped_before_its_commit_a_batch_leaves_nothing_behind()
    {
        var siteId = NewSite("UTC");
        var applier = new Replica(postgres.DataSource, sites).Applier;
        var change = Of(siteId, "v1", Page("/", "cart"));
        await applier.ApplyAsync([Of(siteId, "v2", Page("/"))], CancellationToken.None);
        var before = await DumpAsync(siteId);

        await using (var blocker = await postgres.DataSource.OpenConnectionAsync())
        await using (var transaction = await blocker.BeginTransactionAsync())
        {
            // The last table that a batch writes: all the others are written when it gets here.
            await using var block = new NpgsqlCommand("LOCK TABLE counted_versions IN EXCLUSIVE MODE", blocker);
            await block.ExecuteNonQueryAsync();
            using var killed = new CancellationTokenSource();
            var applying = applier.ApplyAsync([change], killed.Token);
            await WaitUntilBlockedAsync(blocker);
            await killed.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => applying);
        }

        Assert.Equal(before, await DumpAsync(siteId));
        Assert.Equal(1, await applier.ApplyAsync([change], CancellationToken.None));
        Assert.NotEqual(before, await DumpAsync(siteId));
    }

    [Fact]
    public async Task While_the_sites_are_away_the_rules_last_seen_are_used()
    {
        var siteId = NewSite("UTC");
        var unknown = NewSite("UTC");
        await new Replica(postgres.DataSource, sites).Applier.ApplyAsync(
            [Of(siteId, "v", Page("/"))], CancellationToken.None);
        sites.IsAway = true;
        var restarted = new Replica(postgres.DataSource, sites).Applier;
        Assert.Equal(1, await restarted.ApplyAsync([Of(siteId, "w", Page("/"))], CancellationToken.None));
        await Assert.ThrowsAsync<global::Grpc.Core.RpcException>(
            () => restarted.ApplyAsync([Of(unknown, "w", Page("/"))], CancellationToken.None));
    }

    private static Change Of(string siteId, string visitorId, params TimelineEvent[] timeline) =>
        Change.Of(Updated(Document(siteId, visitorId, SessionId(visitorId, 0), Noon, 1, timeline)));

    private string NewSite(string timeZone)
    {
        var siteId = $"site-{Guid.NewGuid()}";
        sites.Set(siteId, new SiteRules { TimeZone = timeZone });
        return siteId;
    }

    private async Task DefineAsync(string siteId, string name, string[] steps)
    {
        var configurations = new Replica(postgres.DataSource, sites).Configurations;
        await configurations.FindAsync(siteId, CancellationToken.None);
        var definition = new FunnelDefinition
        {
            Name = name,
            Steps = { steps.Select(step => new FunnelStep { Name = step, Category = step }) },
        };
        Assert.True(await configurations.DefineAsync(siteId, definition, CancellationToken.None));
    }

    private Task ApplyAsync(RandomFacts facts, int appliers)
    {
        var batches = new System.Collections.Concurrent.ConcurrentQueue<SessionFact[]>(facts.Batches());
        return Task.WhenAll(Enumerable.Range(0, appliers).Select(_ => Task.Run(async () =>
        {
            var replica = new Replica(postgres.DataSource, sites);
            while (batches.TryDequeue(out var batch))
                await replica.Applier.ApplyAsync(batch.Select(Change.Of), CancellationToken.None);
        })));
    }

    private async Task CheckAsync(
        string siteId, RandomFacts facts, Random random, string what, params (string Name, string[] Steps)[] funnels)
    {
        var replica = new Replica(postgres.DataSource, sites);
        var configuration = await replica.Configurations.FindAsync(siteId, CancellationToken.None);
        var zone = configuration!.TimeZone;
        var recount = new Recount(facts.Final, zone);
        var days = await replica.Days.GetAsync(siteId, null, null, 3660, CancellationToken.None);
        Assert.Equal(recount.Days(), Recount.Days(days!));
        foreach (var table in new[] { "day_visitors", "funnel_visitors" })
        {
            Assert.Equal("0", await ScalarAsync(
                $"SELECT count(*) FROM {table} WHERE sessions <= 0 AND site_id = '{siteId}'"));
        }

        var all = funnels
            .Select(funnel => (funnel.Name, Count: funnel.Steps.Length, Stage: Recount.Ordered(funnel.Steps)))
            .Append((EcommerceFunnel.Name, 6, Recount.EcommerceStage));
        foreach (var (name, count, stage) in all)
        {
            for (var probe = 0; probe < 12; probe++)
            {
                var (from, to) = probe == 0 ? (null, null) : Range(random, zone);
                var answer = await replica.Results.GetAsync(siteId, name, from, to, CancellationToken.None);
                Assert.Equal(0u, answer!.PendingSessions);
                var expected = recount.Stages(stage, count, from, to);
                var actual = answer.Stages.Select(row => (row.Sessions, row.Visitors)).ToList();
                Assert.True(expected.SequenceEqual(actual),
                    $"{what}, {name} {from:O}-{to:O}: {string.Join(",", expected)} but {string.Join(",", actual)}");
            }
        }
    }

    private static (DateTime? From, DateTime? To) Range(Random random, TimeZoneInfo zone)
    {
        var from = Noon.AddMinutes(random.Next(-5 * 1440, 4 * 1440));
        var to = from.AddMinutes(random.Next(1, 5 * 1440));
        if (random.Next(2) == 0)
            from = Funnel.Periods.Days.Start(Funnel.Periods.Days.Of(from, zone), zone);
        if (random.Next(2) == 0)
            to = Funnel.Periods.Days.End(Funnel.Periods.Days.Of(to, zone), zone);
        return (random.Next(5) == 0 ? null : from, random.Next(5) == 0 ? null : to);
    }

    private static async Task WaitUntilBlockedAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE NOT granted", connection);
        while ((long)(await command.ExecuteScalarAsync())! == 0)
            await Task.Yield();
    }

    private async Task<string> DumpAsync(string siteId) => string.Join('\n', await Task.WhenAll(
        new[]
        {
            "session_documents", "day_totals", "day_revenue", "day_visitors", "funnel_days", "funnel_visitors",
            "counted_versions",
        }.Select(table => DumpAsync(table, siteId))));

    private Task<string> DumpAsync(string table, string siteId) =>
        ScalarAsync(
            $"""
            SELECT coalesce(string_agg(t::text, ';' ORDER BY t::text), '') FROM {table} AS t WHERE site_id = '{siteId}'
            """);

    private async Task<string> ScalarAsync(string sql)
    {
        await using var command = postgres.DataSource.CreateCommand(sql);
        return (await command.ExecuteScalarAsync())!.ToString()!;
    }
}
