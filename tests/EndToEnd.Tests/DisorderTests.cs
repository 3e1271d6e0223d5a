using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.EndToEnd.Tests.Expected;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests;

[Collection(SuiteCollection.Name)]
public sealed class DisorderTests(Suite suite)
{
    [Theory]
    [InlineData("disorder", OracleCampaignPolicy.BothPresent, "both-present")]
    [InlineData("disorder-any", OracleCampaignPolicy.Any, "any")]
    [InlineData("disorder-off", OracleCampaignPolicy.Off, "off")]
    public async Task Events_in_any_order_and_sent_again_give_the_sessions_of_a_batch_walk(
        string site, OracleCampaignPolicy policy, string campaign)
    {
        await suite.CreateSiteAsync(site, "--campaign", campaign, "--domain", "shop.example");
        var rules = new OracleRules { Campaign = policy, Domains = ["shop.example"] };
        var events = EventGenerator.Generate(site, seed: (int)policy + 7, visitors: 40, eventsEach: 60);
        var expected = SessionOracle.Sessions(
            events.Select(sent => OracleEvent.FromSent(sent, receivedAt: long.MaxValue / 2)), rules);

        // Every event once and a third of them twice, in no order, in two files with a pause between them.
        var arrivals = events.Concat(events.Where((_, at) => at % 3 == 0)).ToArray();
        new Random(1).Shuffle(arrivals);
        await ReplayAsync(site, arrivals[..(arrivals.Length / 2)]);
        await suite.WaitAsync();
        await ReplayAsync(site, arrivals[(arrivals.Length / 2)..]);
        await suite.WaitAsync();
        await SessionComparison.AssertSessionsAsync(suite, site, expected);

        // The same ids with other times are still the same events.
        var altered = events.Take(200).Select(sent =>
        {
            var later = sent.Clone();
            later.ClientTime.Seconds += 1000;
            return later;
        });
        await ReplayAsync(site, altered);
        await suite.WaitAsync();
        await SessionComparison.AssertSessionsAsync(suite, site, expected);
    }

    private async Task ReplayAsync(string site, IEnumerable<Event> events)
    {
        var file = suite.NewFile("events.jsonl");
        await File.WriteAllLinesAsync(file, events.Select(sent => JsonFormatter.Default.Format(sent)));
        (await suite.SpAsync("replay", file, "--format", "jsonl", "--site", site, "--any-age")).Succeeded();
    }
}
