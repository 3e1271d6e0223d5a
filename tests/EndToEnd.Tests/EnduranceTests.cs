using System.Diagnostics;
using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.EndToEnd.Tests.Expected;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests;

/// <summary>Tests that the suite survives stops, restarts and crashes.</summary>
[Collection(SuiteCollection.Name)]
public sealed class EnduranceTests(Suite suite)
{
    private static readonly string[] Programs =
    [
        "SessionPlatform.Ingestion", "SessionPlatform.Sessionizer", "SessionPlatform.Funnel", "SessionPlatform.Query",
    ];

    [Fact]
    public async Task Stop_leaves_no_process_and_a_second_start_finds_the_data()
    {
        const string site = "kept";
        await suite.CreateSiteAsync(site);
        var log = Repository.Sample("access.log");
        (await suite.SpAsync("replay", log, "--site", site, "--any-age")).Succeeded();
        await suite.WaitAsync();
        var before = await SessionComparison.StoredSessionsAsync(suite, site);
        Assert.NotEmpty(before);
        Assert.NotEmpty(ServiceProcess.AllOf(suite.State));

        await suite.StopAsync();
        Assert.Empty(ServiceProcess.AllOf(suite.State));

        await suite.StartAsync();
        Assert.Equal(before, await SessionComparison.StoredSessionsAsync(suite, site));
    }

    [Fact]
    public async Task Killing_each_service_in_the_middle_of_a_replay_changes_nothing()
    {
        const string site = "killed";
        await suite.CreateSiteAsync(site, "--domain", "shop.example");
        var file = suite.NewFile("shop.jsonl");
        (await suite.SpAsync(
            "simulate", "--site", site, "--sessions", "3000", "--seed", "9", "--until", "2026-03-08T00:00:00Z",
            "--late-percent", "10", "--repeat-percent", "5", "--out", file)).Succeeded();

        var startedAgain = new List<Process>();
        try
        {
            var lines = await File.ReadAllLinesAsync(file);
            await ReplayAmongDeathsAsync(site, lines, startedAgain);
            await suite.WaitAsync();
            var expected = SessionOracle.Sessions(
                lines.Select(line =>
                    OracleEvent.FromSent(JsonParser.Default.Parse<Event>(line), receivedAt: long.MaxValue / 2)),
                new OracleRules { Domains = ["shop.example"] });
            await SessionComparison.AssertSessionsAsync(suite, site, expected);
        }
        finally
        {
            startedAgain.ForEach(process => process.Kill());
            await suite.StopAsync();
            await suite.StartAsync();
        }
    }

    private async Task ReplayAmongDeathsAsync(string site, string[] lines, List<Process> startedAgain)
    {
        // Through a pipe, so that each service dies while a part is under way and another is still to come.
        using var replay = suite.StartSp("replay", "-", "--format", "jsonl", "--site", site, "--any-age");
        var (output, error) = (replay.StandardOutput.ReadToEndAsync(), replay.StandardError.ReadToEndAsync());
        try
        {
            foreach (var (at, part) in lines.Chunk(lines.Length / (Programs.Length + 1) + 1).Index())
            {
                foreach (var line in part)
                    await replay.StandardInput.WriteLineAsync(line);
                if (at == Programs.Length)
                    break;
                var service = ServiceProcess.Find(suite.State, Programs[at]);
                service.Kill();
                startedAgain.Add(service.StartAgain());
            }

            replay.StandardInput.Close();
        }
        catch (IOException)
        {
            // It gave up; its own words say more than the broken pipe.
        }

        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await replay.WaitForExitAsync(late.Token);
        Assert.True(replay.ExitCode == 0, $"{await error}{await output}");
    }
}
