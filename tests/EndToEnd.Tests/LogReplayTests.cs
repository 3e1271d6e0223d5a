using SessionPlatform.EndToEnd.Tests.Expected;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests;

[Collection(SuiteCollection.Name)]
public sealed class LogReplayTests(Suite suite)
{
    private const string Nasa = "nasa-http-1995-07-01.log";

    [Fact]
    public Task Sample_log_gives_the_sessions_of_a_batch_walk() =>
        ReplayAsync(Repository.Sample("access.log"), "sample");

    [FileFact(Nasa)]
    public Task Nasa_log_gives_the_sessions_of_a_batch_walk() => ReplayAsync(Repository.SharedData(Nasa)!, "nasa");

    private async Task ReplayAsync(string log, string site)
    {
        await suite.CreateSiteAsync(site);
        await ReplayAndCompareAsync(log, site, LogReader.Read(log, site));

        // A second replay changes nothing.
        var before = await SessionComparison.StoredSessionsAsync(suite, site);
        await ReplayAndCompareAsync(log, site, LogReader.Read(log, site));
        Assert.Equal(before, await SessionComparison.StoredSessionsAsync(suite, site));

        // The lines in another order, into another site: the same sessions.
        var shuffled = suite.NewFile("shuffled.log");
        var lines = await File.ReadAllLinesAsync(log);
        new Random(1995).Shuffle(lines);
        await File.WriteAllLinesAsync(shuffled, lines);
        await suite.CreateSiteAsync($"{site}-shuffled");
        await ReplayAndCompareAsync(shuffled, $"{site}-shuffled", LogReader.Read(log, $"{site}-shuffled"));
    }

    private async Task ReplayAndCompareAsync(string log, string site, IEnumerable<OracleEvent> expected)
    {
        (await suite.SpAsync("replay", log, "--format", "clf", "--site", site, "--any-age")).Succeeded();
        await suite.WaitAsync();
        var sessions = SessionOracle.Sessions(expected, new OracleRules());
        Assert.NotEmpty(sessions);
        await SessionComparison.AssertSessionsAsync(suite, site, sessions);
    }
}
