using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Recounting;
using static SessionPlatform.Funnel.Tests.Sample;

namespace SessionPlatform.Funnel.Tests.Applying;

/// <summary>What does not matter to the facts of a session leaves them, and all that was made of their hour, as they are.</summary>
[Collection(PostgresCollection.Name)]
public sealed class UnchangedFactsTests(PostgresFixture postgres)
{
    private readonly FakeSites sites = new();
    private readonly string siteId = $"facts-{Guid.NewGuid()}";

    [Fact]
    public async Task Closing_a_session_leaves_its_facts_and_an_event_more_does_not()
    {
        var applier = Begin().Applier;
        await applier.ApplyAsync([Open(1, "/")], CancellationToken.None);
        var before = await ChangesAsync();

        Assert.Equal(1, await applier.ApplyAsync([Closed(2, "/")], CancellationToken.None));
        Assert.Equal(before, await ChangesAsync());

        await applier.ApplyAsync([Closed(3, "/", "/more")], CancellationToken.None);
        Assert.Equal((before.Changes + 1, 2L), await ChangesAsync());
    }

    [Fact]
    public async Task An_event_that_is_another_one_changes_the_hour_though_no_fact_tells_of_it()
    {
        var applier = Begin().Applier;
        await applier.ApplyAsync([Of(1, "/one")], CancellationToken.None);
        var before = await ChangesAsync();

        await applier.ApplyAsync([Of(2, "/other")], CancellationToken.None);
        Assert.Equal(before.Changes + 1, (await ChangesAsync()).Changes);

        Change Of(int revision, string path) => Change.Of(Updated(Sample.Document(
            siteId, "v", SessionId(siteId, 0), Noon, revision, Event("click", path: path))));
    }

    [Fact]
    public async Task Counting_by_other_page_patterns_leaves_them_and_another_time_zone_does_not()
    {
        var replica = Begin();
        await replica.Applier.ApplyAsync([Open(1, "/warenkorb")], CancellationToken.None);
        var before = await ChangesAsync();

        Assert.Equal(1, await RecountAsync(new SiteRules { TimeZone = "UTC", Ecommerce = new() { Cart = { "/waren*" } } }));
        Assert.Equal(before, await ChangesAsync());

        // The hour of its clock begins at another time.
        Assert.Equal(1, await RecountAsync(new SiteRules { TimeZone = "Asia/Kolkata" }));
        Assert.NotEqual(before, await ChangesAsync());

        async Task<int> RecountAsync(SiteRules rules)
        {
            sites.Set(siteId, rules);
            await replica.Configurations.FindAsync(siteId, CancellationToken.None);
            using var signal = new RecountSignal();
            return await replica.CreateRecounter(signal).RecountAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_repair_writes_facts_that_are_gone()
    {
        var applier = Begin().Applier;
        await applier.ApplyAsync([Open(1, "/")], CancellationToken.None);
        await using (var lose = postgres.DataSource.CreateCommand("DELETE FROM session_facts WHERE site_id = $1"))
        {
            lose.Parameters.Add(new() { Value = siteId });
            await lose.ExecuteNonQueryAsync();
        }

        await applier.ApplyAsync([Change.Repair(Document(1, ["/"]), replaces: 1)], CancellationToken.None);
        Assert.Equal([false], await BotsAsync());
    }

    [Fact]
    public async Task What_is_said_of_a_visitor_holds_whenever_the_session_comes_again()
    {
        var applier = Begin().Applier;
        var marker = new BotMarker(postgres.DataSource, TimeProvider.System);
        await applier.ApplyAsync([Open(1, "/")], CancellationToken.None);
        await marker.MarkAsync(siteId, ["v"], isBot: true, CancellationToken.None);
        await applier.ApplyAsync([Closed(2, "/")], CancellationToken.None);
        Assert.Equal([true], await BotsAsync());

        await marker.MarkAsync(siteId, ["v"], isBot: null, CancellationToken.None);
        Assert.Equal([false], await BotsAsync());
        await applier.ApplyAsync([Closed(3, "/")], CancellationToken.None);
        Assert.Equal([false], await BotsAsync());
    }

    private Replica Begin()
    {
        sites.Set(siteId, new SiteRules { TimeZone = "UTC" });
        return new Replica(postgres.DataSource, sites);
    }

    private Change Open(int revision, params string[] paths) => Change.Of(Updated(Document(revision, paths)));

    private Change Closed(int revision, params string[] paths)
    {
        var document = Document(revision, paths);
        document.Session.Closed = true;
        document.Session.EndReason = Session.Types.BoundaryReason.Timeout;
        return Change.Of(Updated(document));
    }

    private SessionDocument Document(int revision, string[] paths) => Sample.Document(
        siteId, "v", SessionId(siteId, 0), Noon, revision, Array.ConvertAll(paths, path => Page(path)));

    private async Task<(long Changes, long PageViews)> ChangesAsync()
    {
        await using var command = postgres.DataSource.CreateCommand(
            "SELECT sum(changes)::bigint, sum(page_views)::bigint FROM hour_totals WHERE site_id = $1");
        command.Parameters.Add(new() { Value = siteId });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private async Task<List<bool>> BotsAsync()
    {
        await using var command = postgres.DataSource.CreateCommand("SELECT is_bot FROM session_facts WHERE site_id = $1");
        command.Parameters.Add(new() { Value = siteId });
        await using var reader = await command.ExecuteReaderAsync();
        var bots = new List<bool>();
        while (await reader.ReadAsync())
            bots.Add(reader.GetBoolean(0));
        return bots;
    }
}
