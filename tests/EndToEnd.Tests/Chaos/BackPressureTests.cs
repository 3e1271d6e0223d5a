using Grpc.Core;
using SessionPlatform.EndToEnd.Tests.Expected;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>The broker is never asked to hold more than its bound. In a suite of its own, with a small bound.</summary>
[Collection(SuiteCollection.Name)]
public sealed class BackPressureTests : IAsyncLifetime
{
    private const string Site = "pressed";
    private const int Events = 20_000;
    private const long MaxQueueBytes = 256 * 1024;
    private const long MessageBytes = 64 * 1024;

    // Of Ingestion's options: what may be on its way to a queue when that reaches its bound.
    private const int PublishesInFlight = 4;
    private const int Partitions = 4;
    private const long Megabyte = 1024 * 1024;

    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(2);

    private readonly Suite suite = Suite.With(new Dictionary<string, string>
    {
        ["Bus__MaxQueueBytes"] = $"{MaxQueueBytes}",
        ["Ingestion__MessageBytes"] = $"{MessageBytes}",
    });

    public Task InitializeAsync() => suite.InitializeAsync();

    public Task DisposeAsync() => suite.DisposeAsync();

    [Fact]
    public async Task While_the_Sessionizer_is_down_Ingestion_refuses_at_the_bound_and_all_drains_after()
    {
        await suite.CreateSiteAsync(Site, "--domain", "shop.example");
        var traffic = ChaosTraffic.Of(Site, seed: 3, Events, gateways: 2);
        var gateways = traffic.Gateways.Select((batches, at) => new Gateway(
            suite.Ingestion(), Suite.Present(suite.KeyOf(Site, "ingest")), batches, seed: at)).ToList();
        // A key is known to Ingestion for a while once it was asked for.
        var greeting = new Gateway(
            suite.Ingestion(), Suite.Present(suite.KeyOf(Site, "ingest")), [traffic.Gateways[0][0]], seed: 0);
        await greeting.SendAsync(CancellationToken.None);

        await using var killer = new Killer(suite);
        var sessionizer = ServiceProcess.Find(suite.State, Killer.ProgramOf(Victim.Sessionizer));
        sessionizer.Kill();
        using var late = new CancellationTokenSource(LongestDrain);
        var sending = Task.WhenAll(gateways.Select(gateway => gateway.SendAsync(late.Token)));
        await AwaitStandstillAsync(gateways, sending);
        AssertBounds(gateways.Sum(gateway => gateway.AcknowledgedBytes));

        killer.Start(sessionizer);
        await sending;
        await suite.WaitAsync();
        await suite.Queues.AssertEmptyAsync();
        await SessionComparison.AssertSessionsAsync(
            suite, Site, traffic.Sessions(new OracleRules { Domains = ["shop.example"] }));
        await suite.AuditAsync(Site);
    }

    /// <summary>Until every gateway was refused and none gets on.</summary>
    private static Task AwaitStandstillAsync(IReadOnlyList<Gateway> gateways, Task sending)
    {
        var clock = TimeProvider.System;
        var (held, since) = (0L, clock.GetTimestamp());
        return Eventually.GetAsync(
            () =>
            {
                Assert.False(sending.IsCompleted, "The queues take everything; the test should send more.");
                if (gateways.Sum(gateway => gateway.AcknowledgedEvents) is var now && now > held)
                    (held, since) = (now, clock.GetTimestamp());
                return Task.FromResult(clock.GetElapsedTime(since) > Standstill
                    && gateways.All(gateway => gateway.Failures.ContainsKey(StatusCode.ResourceExhausted)));
            },
            still => still);
    }

    /// <summary>The broker holds what was acknowledged, and Ingestion no more than it may.</summary>
    private void AssertBounds(long held)
    {
        // In the queues events are larger than they were sent, so all queues at their bound are less than this.
        Assert.InRange(held, MaxQueueBytes / 2, Partitions * (MaxQueueBytes + PublishesInFlight * MessageBytes));
        var ingestion = ServiceProcess.Find(suite.State, Killer.ProgramOf(Victim.Ingestion)).Process;
        Assert.InRange(ingestion.Memory(), 1, 300 * Megabyte);
        Assert.InRange(ServerProcess.Running(suite.State, ServerProcess.RabbitMq).Memory(), 1, 400 * Megabyte);
    }
}
