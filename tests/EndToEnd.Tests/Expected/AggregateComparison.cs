using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests.Expected;

/// <summary>Compares statistics, days and funnels of a site with counts over the oracle's sessions.</summary>
public static class AggregateComparison
{
    public static async Task AssertStatsAsync(Suite suite, string site, IReadOnlyList<OracleSession> sessions)
    {
        var printed = (await suite.SpAsync("stats", "--site", site, "--json")).Succeeded();
        var stats = GetSessionStatsResponse.Parser.ParseJson(printed);
        var expected = OracleStats.Of(sessions);
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

    public static async Task AssertDaysAsync(Suite suite, string site, IReadOnlyList<OracleSession> sessions)
    {
        var days = await suite.Query().GetDaysAsync(
            new GetDaysRequest { SiteId = site }, Suite.Present(suite.KeyOf(site, "read")));
        var expected = OracleStats.ByDay(sessions, TimeZoneInfo.Utc);
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

    public static async Task AssertEcommerceFunnelAsync(
        Suite suite, string site, IReadOnlyList<OracleSession> sessions)
    {
        var printed = (await suite.SpAsync("funnel", "ecommerce", "--site", site, "--json")).Succeeded();
        var result = GetFunnelResultResponse.Parser.ParseJson(printed);
        Assert.Equal(FunnelOracle.EcommerceStages, result.Stages.Select(stage => stage.Name));
        AssertStages(FunnelOracle.Count(sessions, 6, FunnelOracle.EcommerceReached), result);
    }

    public static void AssertStages(
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
