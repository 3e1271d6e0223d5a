using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Tests.Grpc;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Tests.UserAgents;

public sealed class UserAgentDataTests
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0";

    [FetchedFact]
    public void Licences_come_along_with_the_data() =>
        Assert.Equal(
            ["crawler-user-agents.LICENSE", "crawler-user-agents.json", "regexes.LICENSE", "regexes.yaml"],
            Directory.GetFiles(FetchedData.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void A_folder_without_data_makes_a_cache_that_knows_nothing()
    {
        var cache = UserAgentData.Load("no such folder", 100);
        Assert.True(cache.IsEmpty);
        Assert.Equal(UserAgentFacts.None, cache.GetOrParse(Firefox));
    }

    [FetchedFact]
    public Task The_service_settles_the_device_with_the_data() => AssertSettlesAsync(UserAgentData.Folder, "Firefox");

    [Fact]
    public Task The_service_takes_events_without_the_data() => AssertSettlesAsync("no such folder", null);

    private static async Task AssertSettlesAsync(string folder, string? browser)
    {
        await using var host = await IngestionHost.StartAsync(options => options.UserAgentFolder = folder);
        var sent = Examples.PageView();
        sent.Device = new Device { UserAgent = Firefox };

        var answer = await host.Client.TrackAsync(
            new TrackRequest { Events = { sent } }, IngestionHost.Key("shop-ingest"));

        Assert.Equal(1u, answer.Accepted);
        Assert.Equal(browser, Assert.Single(host.Bus.Events).SettledDevice?.Browser);
    }
}
