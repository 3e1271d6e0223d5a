using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Tests.Applying;
using static SessionPlatform.Funnel.Tests.Sample;
using Kind = SessionPlatform.Contracts.Jobs.V1.AuditDifference.Types.Kind;
using Phase = SessionPlatform.Contracts.Jobs.V1.AuditProgress.Types.Phase;
using Status = Grpc.Core.StatusCode;

namespace SessionPlatform.Funnel.Tests.Auditing;

[Collection(PostgresCollection.Name)]
public sealed class AuditTests(PostgresFixture postgres) : JobsHost(postgres)
{
    private readonly PostgresFixture postgres = postgres;

    [Theory]
    [InlineData(21, 1)]
    [InlineData(22, 2)]
    [InlineData(23, 4)]
    public async Task Nothing_differs_whatever_facts_came_and_however_many_appliers_there_were(int seed, int appliers)
    {
        var facts = Facts(seed, 300);
        await ApplyAsync(facts, appliers);

        var audited = await AuditAsync();
        audited.AssertClean();
        Assert.Equal((ulong)facts.Final.Count(), audited.Summary.Documents);
        Assert.InRange(audited.Summary.Aggregates, 300ul, ulong.MaxValue);
        Assert.Equal(
            [Phase.Documents, Phase.Aggregates], audited.Progress.Select(progress => progress.Phase).Distinct());
        Assert.All(
            [Phase.Documents, Phase.Aggregates],
            phase => Assert.True(audited.Progress.Last(each => each.Phase == phase) is var last
                && last.Done == last.Total));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public async Task Repairs_lose_nothing_of_what_is_applied_meanwhile(int seed)
    {
        var facts = Facts(seed, 400);
        var applying = ApplyAsync(facts, appliers: 3);
        for (var isDone = false; !isDone;)
        {
            isDone = applying.IsCompleted;
            await ExecuteAsync($"UPDATE day_totals SET sessions = sessions + 3 WHERE site_id = '{SiteId}'");
            await ExecuteAsync($"DELETE FROM funnel_visitors WHERE site_id = '{SiteId}' AND stage = 2");
            await ExecuteAsync($"UPDATE day_visitors SET sessions = sessions + 1 WHERE site_id = '{SiteId}'");
            await AuditAsync(repair: true);
        }

        await applying;
        (await AuditAsync()).AssertClean();
    }

    [Fact]
    public async Task A_repair_waits_for_who_is_counting()
    {
        await HappensAsync(Updated(Document(SiteId, "v", SessionId(SiteId, 0), Noon, 1, Page("/"))));
        await ExecuteAsync($"UPDATE day_totals SET sessions = 50 WHERE site_id = '{SiteId}'");
        var other = Updated(Document(SiteId, "w", SessionId(SiteId, 1), Noon, 1, Page("/")));
        Task applying, repairing;
        await using (var blocker = await postgres.DataSource.OpenConnectionAsync())
        await using (await blocker.BeginTransactionAsync())
        {
            // The last table that an applier writes: it has counted on the day, and is not done.
            await using var block = new NpgsqlCommand("LOCK TABLE counted_versions IN EXCLUSIVE MODE", blocker);
            await block.ExecuteNonQueryAsync();
            applying = Replica.Applier.ApplyAsync([Change.Of(other)], CancellationToken.None);
            await WaitUntilBlockedAsync(blocker, 1);
            repairing = AuditAsync(repair: true);
            await WaitUntilBlockedAsync(blocker, 2);
        }

        await Task.WhenAll(applying, repairing);
        Sessionizer.Learn(other);
        (await AuditAsync()).AssertClean();
    }

    [Fact]
    public async Task What_is_applied_while_a_day_is_counted_is_not_in_the_snapshot()
    {
        await HappensAsync(Updated(Document(SiteId, "v", SessionId(SiteId, 0), Noon, 1, Page("/"))));
        await ExecuteAsync($"UPDATE session_documents SET contribution = '' WHERE site_id = '{SiteId}'");
        var subjects = new List<string>();

        await Auditor.RunAsync(
            new AuditRequest { SiteId = SiteId },
            async message =>
            {
                if (message.Difference is not { } difference)
                    return;
                subjects.Add(difference.Subject);
                // The sessions of the day are read, its aggregates are not.
                await HappensAsync(Updated(Document(SiteId, "w", SessionId(SiteId, 1), Noon, 1, Page("/"))));
            },
            CancellationToken.None);

        Assert.Equal([$"contribution {SessionId(SiteId, 0)}"], subjects);
    }

    [Fact]
    public async Task Aggregates_have_no_difference_at_any_moment_while_facts_are_applied()
    {
        var applying = ApplyAsync(Facts(41, 400), appliers: 3);
        for (var isDone = false; !isDone;)
        {
            isDone = applying.IsCompleted;
            Assert.DoesNotContain((await AuditAsync()).Differences, difference => difference.Kind == Kind.Aggregate);
        }

        await applying;
    }

    [Fact]
    public async Task A_fact_on_its_way_is_no_difference()
    {
        var first = Document(SiteId, "v", SessionId(SiteId, 0), Noon, 1, Page("/"));
        await HappensAsync(Updated(first));
        SessionFact[] onTheirWay =
        [
            Updated(Document(SiteId, "v", SessionId(SiteId, 0), Noon, 2, Page("/"), Page("/cart"))),
            Updated(Document(SiteId, "w", SessionId(SiteId, 1), Noon, 1, Page("/"))),
        ];
        foreach (var fact in onTheirWay)
            Sessionizer.Learn(fact);
        Time.OnPauseAsync = async () =>
        {
            if (Time.Pauses == 3)
                await Replica.Applier.ApplyAsync(onTheirWay.Select(Change.Of), CancellationToken.None);
        };

        (await AuditAsync()).AssertClean();
        Assert.Equal(3, Time.Pauses);
    }

    [Fact]
    public async Task A_retraction_on_its_way_is_no_difference()
    {
        var document = Document(SiteId, "v", SessionId(SiteId, 0), Noon, 1, Page("/"));
        await HappensAsync(Updated(document));
        Sessionizer.Stored.Clear();
        Time.OnPauseAsync = () =>
            Replica.Applier.ApplyAsync([Change.Of(Retracted(document, 2))], CancellationToken.None);

        (await AuditAsync()).AssertClean();
        Assert.Equal(1, Time.Pauses);
    }

    [Fact]
    public async Task What_never_arrives_is_a_difference_after_a_few_looks()
    {
        var document = Document(SiteId, "v", SessionId(SiteId, 0), Noon, 1, Page("/"));
        Sessionizer.Learn(Updated(document));

        var audited = await AuditAsync();
        Assert.Equal(SessionId(SiteId, 0).ToString(), Assert.Single(audited.Differences).Subject);
        Assert.Equal(5, Time.Pauses);
    }

    [Fact]
    public async Task A_session_that_a_repair_retracted_stays_out_unless_it_is_made_anew()
    {
        var older = Document(SiteId, "v", SessionId(SiteId, 0), Noon, 3, Page("/"));
        var document = Document(SiteId, "v", SessionId(SiteId, 0), Noon, 4, Page("/"));
        await HappensAsync(Updated(document));
        Sessionizer.Stored.Clear();
        Assert.Equal(1ul, (await AuditAsync(repair: true)).Summary.Repaired);

        Assert.Equal(0, await Replica.Applier.ApplyAsync([Change.Of(Updated(older))], CancellationToken.None));
        (await AuditAsync()).AssertClean();
        await HappensAsync(Updated(Document(SiteId, "v", SessionId(SiteId, 0), Noon, 5, Page("/"))));
        (await AuditAsync()).AssertClean();
    }

    [Fact]
    public async Task A_repair_gives_way_to_what_was_stored_since_it_was_found()
    {
        var found = Document(SiteId, "v", SessionId(SiteId, 0), Noon, 3, Page("/"));
        await HappensAsync(Updated(Document(SiteId, "v", SessionId(SiteId, 0), Noon, 4, Page("/"), Page("/cart"))));
        var repair = Change.Repair(found, replaces: 3);

        Assert.Equal(0, await Replica.Applier.ApplyAsync([repair], CancellationToken.None));
        Assert.Equal(
            1, await Replica.Applier.ApplyAsync([repair with { Replaces = 4 }], CancellationToken.None));
    }

    [Fact]
    public async Task The_last_session_of_a_visitors_day_takes_the_visitor_along()
    {
        var one = Document(SiteId, "v", SessionId(SiteId, 0), Noon, 1, Page("/"));
        var two = Document(SiteId, "v", SessionId(SiteId, 1), Noon.AddHours(1), 1, Page("/"));
        await HappensAsync(Updated(one), Updated(two));
        await HappensAsync(Retracted(one, 2));
        Assert.Equal("1", await VisitorsAsync());
        (await AuditAsync()).AssertClean();
        await HappensAsync(Retracted(two, 2));
        Assert.Equal("0", await VisitorsAsync());
        (await AuditAsync()).AssertClean();
    }

    [Fact]
    public async Task Sessions_that_wait_to_be_counted_anew_are_counted_first()
    {
        await ApplyAsync(Facts(51, 60), appliers: 1);
        await DefineAsync("later", "home", "product");
        (await AuditAsync()).AssertClean();
        Sites.Set(SiteId, new SiteRules { TimeZone = "Pacific/Auckland" });
        (await AuditAsync()).AssertClean();
    }

    [Theory]
    [InlineData("contribution = '\\xff00'")]
    [InlineData("document = '\\xff00'")]
    public async Task A_fact_about_an_unreadable_session_is_applied_all_the_same(string damage)
    {
        await HappensAsync(Updated(Document(SiteId, "v", SessionId(SiteId, 0), Noon, 1, Page("/"))));
        await ExecuteAsync($"UPDATE session_documents SET {damage} WHERE site_id = '{SiteId}'");
        await HappensAsync(Updated(Document(SiteId, "v", SessionId(SiteId, 0), Noon, 2, Page("/"), Page("/cart"))));

        await AuditAsync(repair: true);
        (await AuditAsync()).AssertClean();
    }

    [Fact]
    public async Task An_unreadable_session_is_left_out_of_a_recount_until_it_is_mended()
    {
        await HappensAsync(Updated(Document(SiteId, "v", SessionId(SiteId, 0), Noon, 1, Page("/"))));
        await ExecuteAsync($"UPDATE session_documents SET document = '\\xff00' WHERE site_id = '{SiteId}'");
        await DefineAsync("later", "home", "product");

        Assert.Equal(Kind.Document, Assert.Single((await AuditAsync()).Differences).Kind);
        await AuditAsync(repair: true);
        (await AuditAsync()).AssertClean();
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_said_before_anything_is_read()
    {
        var backwards = new TimeRange { From = Noon.ToTimestamp(), To = Noon.AddDays(-1).ToTimestamp() };
        Assert.Equal(Status.InvalidArgument, (await FailAsync(SiteId, "admin", backwards)).StatusCode);
        Assert.Equal(Status.PermissionDenied, (await FailAsync(SiteId, "read")).StatusCode);
        Assert.Equal(Status.PermissionDenied, (await FailAsync("other", "admin")).StatusCode);
        Assert.Equal(Status.NotFound, (await FailAsync("none", PlatformKey)).StatusCode);
        Sessionizer.IsAway = true;
        Assert.Equal(Status.Unavailable, (await FailAsync(SiteId, "admin")).StatusCode);
        var reprocess = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client.GetReprocessAsync(new GetReprocessRequest { SiteId = SiteId }, Key("admin")));
        Assert.Equal(Status.Unimplemented, reprocess.StatusCode);
    }

    private async Task<RpcException> FailAsync(string siteId, string key, TimeRange? range = null)
    {
        using var call = Client.Audit(new AuditRequest { SiteId = siteId, Range = range }, Key(key));
        return await Assert.ThrowsAsync<RpcException>(
            async () => await call.ResponseStream.ReadAllAsync().ToListAsync());
    }

    private RandomFacts Facts(int seed, int sessions)
    {
        var facts = new RandomFacts(new Random(seed), SiteId, sessions);
        foreach (var document in facts.Final)
            Sessionizer.Learn(Updated(document));
        return facts;
    }

    private Task ApplyAsync(RandomFacts facts, int appliers)
    {
        var batches = new ConcurrentQueue<SessionFact[]>(facts.Batches());
        return Task.WhenAll(Enumerable.Range(0, appliers).Select(_ => Task.Run(async () =>
        {
            var replica = new Replica(postgres.DataSource, Sites);
            while (batches.TryDequeue(out var batch))
                await replica.Applier.ApplyAsync(batch.Select(Change.Of), CancellationToken.None);
        })));
    }

    private static async Task WaitUntilBlockedAsync(NpgsqlConnection connection, long waiting)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE NOT granted", connection);
        while ((long)(await command.ExecuteScalarAsync())! < waiting)
            await Task.Yield();
    }

    private Task<string> VisitorsAsync() =>
        ScalarAsync($"SELECT visitors FROM day_totals WHERE site_id = '{SiteId}' AND day = '2025-07-01'");
}
