using SessionPlatform.EndToEnd.Tests.Expected;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>Everything dies, at any time; nothing is lost and nothing counts twice.</summary>
[Collection(SuiteCollection.Name)]
public sealed class ChaosTests(Suite suite)
{
    private const string Site = "chaos";
    private const int Gateways = 2;

    [Fact]
    public async Task Whoever_dies_every_acknowledged_event_counts_once()
    {
        var settings = ChaosSettings.OfEnvironment();
        try
        {
            await using var killer = new Killer(suite);
            await RunAsync(settings, killer);
        }
        catch (Exception exception)
        {
            var logs = suite.KeepLogs($"chaos-{settings.Seed}");
            throw new InvalidOperationException(
                $"Chaos with seed {settings.Seed} (the logs are in {logs}): {exception.Message}", exception);
        }
        finally
        {
            // The other tests need it.
            await suite.StartAsync();
        }
    }

    private async Task RunAsync(ChaosSettings settings, Killer killer)
    {
        await suite.CreateSiteAsync(Site, "--domain", "shop.example");
        var traffic = ChaosTraffic.Of(Site, settings.Seed, settings.Events, Gateways);
        var gateways = traffic.Gateways.Select((batches, at) => new Gateway(
            suite.Ingestion(), Suite.Present(suite.KeyOf(Site, "ingest")), batches, settings.Seed + at)
        {
            Pace = settings.Duration,
            Forgetful = at == 0,
        }).ToList();
        var spectator = new Spectator(
            suite.Query(), Suite.Present(suite.KeyOf(Site, "read")), Site, traffic.Events.Count);

        await new ChaosRun(settings, gateways, spectator, killer).GoAsync(ChaosPlan.Of(settings));
        await suite.WaitAsync(TimeSpan.FromMinutes(2) + settings.Duration);

        Assert.All(gateways, gateway => Assert.True(gateway.IsDone));
        AssertDeaths(settings, killer);
        await suite.Queues.AssertEmptyAsync();
        var sessions = traffic.Sessions(new OracleRules { Domains = ["shop.example"] });
        Assert.Equal(traffic.Events.Count, sessions.Sum(session => session.Events.Count));
        await SessionComparison.AssertSessionsAsync(suite, Site, sessions);
        await AggregateComparison.AssertStatsAsync(suite, Site, sessions);
        await AggregateComparison.AssertDaysAsync(suite, Site, sessions);
        await AggregateComparison.AssertEcommerceFunnelAsync(suite, Site, sessions);
        await suite.AuditAsync(Site);
    }

    private static void AssertDeaths(ChaosSettings settings, Killer killer)
    {
        foreach (var victim in Enum.GetValues<Victim>())
        {
            var planned = victim is Victim.Postgres or Victim.RabbitMq ? settings.ServerStops : settings.ServiceKills;
            Assert.Equal(planned, killer.Deaths[victim]);
        }
    }
}
