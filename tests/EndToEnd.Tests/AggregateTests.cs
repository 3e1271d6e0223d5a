using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;
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
    public async Task Statistics_are_those_of_counting_by_hand()
    {
        var printed = (await suite.SpAsync("stats", "--site", Site, "--json")).Succeeded();
        var stats = GetSessionStatsResponse.Parser.ParseJson(printed);
        var expected = OracleStats.Of(Sessions);
        Assert.Equal(
            (expected.Sessions, expected.Visitors, expected.PageViews, expected.Events, expected.Bounces),
            ((int)stats.Sessions, (int)stats.Visitors, (int)stats.PageViews, (int)stats.Events, (int)stats.Bounces));
        Assert.Equal(
            (expected.ConvertedSessions, expected.EngagedSessions, expected.Conversions),
            ((int)stats.ConvertedSessions, (int)stats.EngagedSessions, (int)stats.Conversions));
        Assert.Equal(0u, stats.OpenSessions);
        Assert.Equal(expected.BounceRate!.Value, stats.BounceRate, 12);
        Assert.Equal(expected.ConversionRate!.Value, stats.ConversionRate, 12);
        Assert.Equal(expected.EngagementRate!.Value, stats.EngagementRate, 12);
        Assert.Equal(expected.PagesPerSession!.Value, stats.PagesPerSession, 12);
        Assert.Equal(expected.AverageDuration, Micros(stats.AverageDuration));
        Assert.Equal(expected.MedianDuration, Micros(stats.MedianDuration));
        Assert.Equal(expected.Revenue, RevenueOf(stats.Revenue));
    }

    [Fact]
    public async Task Days_are_those_of_counting_by_hand()
    {
        var days = await suite.Query().GetDaysAsync(
            new GetDaysRequest { SiteId = Site }, Suite.Present(suite.KeyOf(Site, "read")));
        var expected = OracleStats.ByDay(Sessions, TimeZoneInfo.Utc);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), days.Days.Select(day => day.Day));
        foreach (var day in days.Days)
        {
            var byHand = expected[day.Day];
            Assert.Equal(
                (byHand.Sessions, byHand.Visitors, byHand.PageViews, byHand.Bounces),
                ((int)day.Sessions, (int)day.Visitors, (int)day.PageViews, (int)day.Bounces));
            Assert.Equal(
                (byHand.EngagedSessions, byHand.Conversions, byHand.ConvertedSessions, byHand.DurationSum),
                ((int)day.Engaged, (int)day.Conversions, (int)day.ConvertedSessions, (long)Micros(day.Duration)));
            Assert.Equal(byHand.Revenue, RevenueOf(day.Revenue));
        }
    }

    [Fact]
    public async Task Ecommerce_funnel_is_that_of_counting_by_hand()
    {
        var printed = (await suite.SpAsync("funnel", "ecommerce", "--site", Site, "--json")).Succeeded();
        var result = GetFunnelResultResponse.Parser.ParseJson(printed);
        Assert.Equal(FunnelOracle.EcommerceStages, result.Stages.Select(stage => stage.Name));
        AssertStages(FunnelOracle.Count(Sessions, 6, FunnelOracle.EcommerceReached), result);
    }

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
        AssertStages(expected, result);
    }

    private static void AssertStages(
        IReadOnlyList<(int Sessions, int Visitors)> expected, GetFunnelResultResponse result)
    {
        Assert.True(expected[^1].Sessions > 0, "The simulation should reach the last stage.");
        Assert.Equal(expected, result.Stages.Select(stage => ((int)stage.Sessions, (int)stage.Visitors)));
        for (var at = 0; at < expected.Count; at++)
        {
            Assert.Equal((double)expected[at].Sessions / expected[0].Sessions, result.Stages[at].ConversionRate, 12);
            if (at + 1 < expected.Count)
            {
                var lost = expected[at].Sessions - expected[at + 1].Sessions;
                Assert.Equal((double)lost / expected[at].Sessions, result.Stages[at].DropOffRate, 12);
            }
        }

        Assert.False(result.Stages[^1].HasDropOffRate);
    }

    private static decimal Micros(Duration span) =>
        span.Seconds * 1_000_000m + span.Nanos / 1000m;

    private static IEnumerable<(string, decimal)> RevenueOf(IEnumerable<Money> revenue) =>
        revenue.Select(money => (money.Currency, decimal.Parse(money.Amount, CultureInfo.InvariantCulture)));
}
