using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.EndToEnd.Tests.Expected;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests;

/// <summary>Statistics, days and funnels over a simulated shop, against counting by hand.</summary>
[Collection(SuiteCollection.Name)]
public sealed class AggregateTests(Suite suite) : IAsyncLifetime
{
    private const string Site = "aggregates";

    private static IReadOnlyList<OracleSession>? simulated;

    private static IReadOnlyList<OracleSession> Sessions => simulated!;

    public async Task InitializeAsync()
    {
        if (simulated is not null)
            return;
        await suite.CreateSiteAsync(Site, "--domain", "shop.example");
        var file = suite.NewFile("shop.jsonl");
        (await suite.SpAsync(
            "simulate", "--site", Site, "--sessions", "400", "--seed", "5", "--until", "2026-03-08T00:00:00Z",
            "--late-percent", "20", "--repeat-percent", "10", "--out", file)).Succeeded();
        (await suite.SpAsync("replay", file, "--site", Site, "--any-age")).Succeeded();
        await suite.WaitAsync();
        simulated = SessionOracle.Sessions(
            (await File.ReadAllLinesAsync(file)).Select(line =>
                OracleEvent.FromSent(JsonParser.Default.Parse<Event>(line), receivedAt: long.MaxValue / 2)),
            new OracleRules { Domains = ["shop.example"] });
        Assert.Equal(400, simulated.Count);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public Task Sessions_are_those_of_a_batch_walk() => SessionComparison.AssertSessionsAsync(suite, Site, Sessions);

    [Fact]
    public Task Statistics_are_those_of_counting_by_hand() =>
        AggregateComparison.AssertStatsAsync(suite, Site, Sessions);

    [Fact]
    public Task Days_are_those_of_counting_by_hand() => AggregateComparison.AssertDaysAsync(suite, Site, Sessions);

    [Fact]
    public Task Ecommerce_funnel_is_that_of_counting_by_hand() =>
        AggregateComparison.AssertEcommerceFunnelAsync(suite, Site, Sessions);

    [Fact]
    public async Task Funnel_defined_later_counts_the_sessions_that_were_there()
    {
        var metadata = Suite.Present(suite.KeyOf(Site, "admin"));
        await suite.Query().DefineFunnelAsync(
            new DefineFunnelRequest
            {
                SiteId = Site,
                Definition = new FunnelDefinition
                {
                    Name = "buying",
                    Steps =
                    {
                        new FunnelStep { Name = "Product", Kind = "pageview", Path = "/product/*" },
                        new FunnelStep { Name = "Added", Kind = "custom", EventName = "add_to_cart" },
                        new FunnelStep { Name = "Bought", Kind = "purchase" },
                    },
                },
            },
            metadata);
        var expected = FunnelOracle.Count(Sessions, 3, session => FunnelOracle.OrderedReached(
            session,
            [
                e => e.IsPageView && e.Path.StartsWith("/product/", StringComparison.Ordinal),
                e => e.Sent is { Kind: "custom", Name: "add_to_cart" },
                e => e.Sent.Kind == "purchase",
            ]));
        var request = new GetFunnelResultRequest { SiteId = Site, Name = "buying" };
        var result = await Eventually.GetAsync(
            async () => await suite.Query().GetFunnelResultAsync(request, metadata),
            answer => answer.PendingSessions == 0);
        AggregateComparison.AssertStages(expected, result);
    }
}
