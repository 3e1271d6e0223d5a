using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Messaging.Tests;

public sealed class PublishingTests(Broker broker) : BusTest(broker)
{
    [Fact]
    public async Task A_confirmed_message_is_in_the_queue_of_its_partition()
    {
        var publisher = PublisherOf(await StartPublisherAsync());

        await publisher.PublishAsync(Message("a", 1), 1, CancellationToken.None);

        var stored = await Broker.TakeAsync($"{Queue}-1");
        Assert.Equal(Message("a", 1), EventsAccepted.Parser.ParseFrom(stored.Body));
        Assert.True(stored.Properties.Persistent);
        Assert.Equal(0, await Broker.CountAsync($"{Queue}-0"));
    }

    [Fact]
    public async Task A_message_whose_queue_was_deleted_is_published_to_a_new_one()
    {
        var publisher = PublisherOf(await StartPublisherAsync());
        await publisher.PublishAsync(Message("a"), 0, CancellationToken.None);
        await Broker.DeleteAsync([], [$"{Queue}-0"]);

        await publisher.PublishAsync(Message("b"), 0, CancellationToken.None);

        Assert.Equal(1, await Broker.CountAsync($"{Queue}-0"));
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_takes_again_once_it_is_drained()
    {
        Settings["Bus:MaxQueueBytes"] = "100000";
        var publisher = PublisherOf(await StartPublisherAsync());
        var large = Message(new string('x', 60_000));
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAsync<BrokerFullException>(async () =>
        {
            for (var i = 0; i < 10; i++)
                await publisher.PublishAsync(large, 0, CancellationToken.None);
        });

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(9), $"took {clock.Elapsed}");
        await publisher.PublishAsync(Message("other", 1), 1, CancellationToken.None);
        await Broker.PurgeAsync($"{Queue}-0");
        await publisher.PublishAsync(large, 0, CancellationToken.None);
    }

    [Fact]
    public async Task A_cancelled_publish_is_cancelled_and_not_the_brokers_fault()
    {
        var publisher = PublisherOf(await StartPublisherAsync());
        await publisher.PublishAsync(Message("a"), 0, CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => publisher.PublishAsync(Message("b"), 0, new CancellationToken(canceled: true)));

        await publisher.PublishAsync(Message("c"), 0, CancellationToken.None);
    }

    [Fact]
    public async Task A_type_without_a_route_and_a_partition_that_is_none_are_mistakes_of_the_caller()
    {
        var publisher = PublisherOf(await StartAsync(bus => bus.AddPartitionRoute<EventsAccepted>(Queue)));

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => publisher.PublishAsync(new EventsRejected(), CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(
            () => publisher.PublishAsync(Message("a"), CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => publisher.PublishAsync(Message("a"), 2, CancellationToken.None));
    }

    [Fact]
    public async Task While_the_broker_is_away_publishing_fails_soon_and_everything_recovers_by_itself()
    {
        Settings["Bus:PublishTimeout"] = "00:00:02";
        var consumer = await StartConsumerAsync();
        var publisher = PublisherOf(await StartPublisherAsync());
        await publisher.PublishAsync(Message("before"), 0, CancellationToken.None);
        await EventuallyAsync(() => Work.Applied.Contains("before"));
        var health = consumer.Services.GetRequiredService<HealthCheckService>();
        await EventuallyAsync(async () => (await health.CheckHealthAsync()).Status == HealthStatus.Healthy);

        // In order: RabbitMQ 3.10 may leave a quorum queue without a leader for good when it is killed soon after the
        // queue was declared.
        await Broker.Server.StopAsync();
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAsync<BrokerUnavailableException>(
            () => publisher.PublishAsync(Message("lost"), 0, CancellationToken.None));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4), $"took {clock.Elapsed}");

        // One goes and finds out; the others fail at once.
        var probe = publisher.PublishAsync(Message("probe"), 0, CancellationToken.None);
        clock.Restart();
        for (var i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<BrokerUnavailableException>(
                () => publisher.PublishAsync(Message("lost"), 0, CancellationToken.None));
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"took {clock.Elapsed}");
        await Assert.ThrowsAsync<BrokerUnavailableException>(() => probe);
        await EventuallyAsync(async () => (await health.CheckHealthAsync()).Status != HealthStatus.Healthy);

        await Broker.Server.RestartAsync();
        await UntilPublishedAsync(publisher, Message("after"));
        await EventuallyAsync(() => Work.Applied.Contains("after"));
        await EventuallyAsync(async () => (await health.CheckHealthAsync()).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_service_that_starts_before_the_broker_works_once_it_is_there()
    {
        Settings["Bus:PublishTimeout"] = "00:00:02";
        await Broker.Server.StopAsync();
        await StartConsumerAsync();
        var publisher = PublisherOf(await StartPublisherAsync());
        await Assert.ThrowsAsync<BrokerUnavailableException>(
            () => publisher.PublishAsync(Message("early"), 0, CancellationToken.None));

        await Broker.Server.RestartAsync();

        await UntilPublishedAsync(publisher, Message("late"));
        await EventuallyAsync(() => Work.Applied.Contains("late"));
    }

    internal static Task UntilPublishedAsync(IPartitionPublisher publisher, EventsAccepted message) =>
        EventuallyAsync(async () =>
        {
            try
            {
                await publisher.PublishAsync(message, 0, CancellationToken.None);
                return true;
            }
            catch (Exception error) when (error is BrokerUnavailableException or BrokerFullException)
            {
                // A queue that has no leader yet after a restart refuses, as a full one does.
                return false;
            }
        });
}
