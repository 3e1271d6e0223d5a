using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace SessionPlatform.Messaging.Tests;

public sealed class BusSupervisorTests(Broker broker) : BusTest(broker)
{
    private static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_bus_that_waited_long_for_the_broker_is_ready_within_30_s_of_it()
    {
        await Broker.Server.StopAsync();
        var host = await StartConsumerAsync();
        // By now MassTransit waits longer than at first between its tries.
        await Task.Delay(TimeSpan.FromSeconds(15));
        Assert.NotEqual(HealthStatus.Healthy, await HealthOfAsync(host));

        await Broker.Server.RestartAsync();

        await AssertRecoversAsync(host);
    }

    [Fact]
    public async Task A_bus_whose_first_consume_hangs_is_replaced_and_loses_no_message()
    {
        var publisher = PublisherOf(await StartPublisherAsync());
        await publisher.PublishAsync(Message("before"), 0, CancellationToken.None);
        await using var proxy = new BrokerProxy(Broker.Server.Port);
        Settings["ConnectionStrings:messaging"] = new UriBuilder(Broker.Server.ConnectionString) { Port = proxy.Port }
            .ToString();

        var host = await StartConsumerAsync();
        await proxy.Silenced.Task.WaitAsync(RecoveryTime);
        Assert.Equal(HealthStatus.Unhealthy, await HealthOfAsync(host));

        await AssertRecoversAsync(host);
        await publisher.PublishAsync(Message("after"), 1, CancellationToken.None);
        await EventuallyAsync(() => Work.Applied.Count == 2);
        Assert.Equal(["after", "before"], Work.Applied.Order());
    }

    [Fact]
    public async Task A_broker_that_is_restarted_loses_nothing_and_the_bus_is_ready_within_30_s_of_it()
    {
        var host = await StartConsumerAsync();
        var publisher = PublisherOf(await StartPublisherAsync());
        var ids = Enumerable.Range(0, 50).Select(i => i.ToString("00", CultureInfo.InvariantCulture)).ToList();
        foreach (var id in ids)
            await publisher.PublishAsync(Message(id), 0, CancellationToken.None);
        await EventuallyAsync(() => Work.Applied.Count == ids.Count);

        // In order: RabbitMQ 3.10 may leave a quorum queue without a leader for good when it is killed.
        await Broker.Server.StopAsync();
        await EventuallyAsync(async () => await HealthOfAsync(host) != HealthStatus.Healthy);
        await Broker.Server.RestartAsync();

        await AssertRecoversAsync(host);
        await PublishingTests.UntilPublishedAsync(publisher, Message("after"));
        await EventuallyAsync(() => Work.Applied.Contains("after"));
        Assert.Equal(ids.Append("after"), Work.Applied.Distinct());
    }

    [Fact]
    public async Task A_bus_that_is_ready_is_left_alone()
    {
        var host = await StartConsumerAsync();
        await AssertRecoversAsync(host);
        var supervisor = host.Services.GetRequiredService<BusSupervisor>();
        var bus = supervisor.Current;

        await Task.Delay(TimeSpan.FromSeconds(13));

        Assert.Same(bus, supervisor.Current);
    }

    private static async Task<HealthStatus> HealthOfAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;

    private static async Task AssertRecoversAsync(IHost host)
    {
        var clock = Stopwatch.StartNew();
        await EventuallyAsync(async () => await HealthOfAsync(host) == HealthStatus.Healthy);
        Assert.True(clock.Elapsed < RecoveryTime, $"took {clock.Elapsed}");
    }
}
