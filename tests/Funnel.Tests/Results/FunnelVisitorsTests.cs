using System.Globalization;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Tests.Applying;
using static SessionPlatform.Funnel.Tests.Sample;

namespace SessionPlatform.Funnel.Tests.Results;

/// <summary>Replicas that keep copies of a funnel's days, while the days change.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FunnelVisitorsTests(PostgresFixture postgres)
{
    private readonly FakeSites sites = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Copies_are_as_good_as_the_rows_after_every_change(int seed)
    {
        var siteId = NewSite();
        var facts = new RandomFacts(new Random(seed), siteId, sessions: 150);
        Replica[] replicas = [NewReplica(), NewReplica()];
        var turn = 0;
        foreach (var batch in facts.Batches())
        {
            await replicas[0].Applier.ApplyAsync(batch.Select(Change.Of), CancellationToken.None);
            // The one that has not looked for some batches finds what the other one has copied, of then and of now.
            await CheckAsync(siteId, replicas[turn++ % 3 == 0 ? 1 : 0]);
        }

        foreach (var replica in replicas)
            await CheckAsync(siteId, replica);
    }

    [Fact]
    public async Task A_day_on_which_two_visitors_change_places_is_another_day()
    {
        var siteId = NewSite();
        var replica = NewReplica();
        await ApplyAsync(replica, Of("v", 1, Noon, "home"), Of("w", 1, Noon, "cart"), Of("v", 1, Noon.AddDays(-1), "cart"));
        Assert.Equal(2u, await InCartAsync());

        await ApplyAsync(replica, Of("v", 2, Noon, "cart"), Of("w", 2, Noon, "home"));
        Assert.Equal(1u, await InCartAsync());

        async Task<uint> InCartAsync()
        {
            var answer = await replica.Results.GetAsync(
                siteId, EcommerceFunnel.Name, null, null, CancellationToken.None);
            return answer!.Stages[3].Visitors;
        }

        SessionDocument Of(string visitorId, int revision, DateTime startedAt, string category) => Document(
            siteId, visitorId, SessionId(visitorId, startedAt.Day), startedAt, revision, Page("/", category));
    }

    private static Task<int> ApplyAsync(Replica replica, params SessionDocument[] documents) =>
        replica.Applier.ApplyAsync(
            documents.Select(document => Change.Of(Updated(document))), CancellationToken.None);

    private async Task CheckAsync(string siteId, Replica replica)
    {
        var answer = await replica.Results.GetAsync(siteId, EcommerceFunnel.Name, null, null, CancellationToken.None);
        Assert.Equal(
            await ReachedAsync(siteId, answer!.Stages.Count),
            string.Join(' ', answer.Stages.Select(stage => stage.Visitors)));
    }

    /// <summary>How many visitors got to each stage, from the rows.</summary>
    private async Task<string> ReachedAsync(string siteId, int stages)
    {
        await using var command = postgres.DataSource.CreateCommand(
            """
            SELECT count(DISTINCT visitor_id) FROM generate_series(1, $2) AS s(stage)
            LEFT JOIN funnel_visitors AS f ON f.site_id = $1 AND f.stage >= s.stage
            GROUP BY s.stage ORDER BY s.stage
            """);
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(new() { Value = stages });
        await using var reader = await command.ExecuteReaderAsync();
        var counts = new List<string>();
        while (await reader.ReadAsync())
            counts.Add(reader.GetInt64(0).ToString(CultureInfo.InvariantCulture));
        return string.Join(' ', counts);
    }

    private Replica NewReplica() => new(postgres.DataSource, sites);

    private string NewSite()
    {
        var siteId = $"visitors-{Guid.NewGuid()}";
        sites.Set(siteId, new SiteRules { TimeZone = "America/St_Johns" });
        return siteId;
    }
}
