using RabbitMQ.Client;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Messaging.Tests;

public sealed class CheckpointTests(Broker broker) : BusTest(broker)
{
    [Fact]
    public async Task A_checkpoint_is_not_passed_before_everything_ahead_of_it_is_acknowledged()
    {
        Settings["Bus:BatchMessages"] = "1";
        var held = new TaskCompletionSource();
        Work.Before = async (ids, cancellation) =>
        {
            if (ids.Contains("a"))
            {
                held.TrySetResult();
                await Work.UntilReleasedAsync(cancellation);
            }
        };
        await StartConsumerAsync();
        var publisher = PublisherOf(await StartPublisherAsync());
        await publisher.PublishAsync(Message("a"), 0, CancellationToken.None);
        await publisher.PublishAsync(Marker("first"), 0, CancellationToken.None);
        await publisher.PublishAsync(Message("b", 1), 1, CancellationToken.None);
        await publisher.PublishAsync(Marker("first"), 1, CancellationToken.None);
        await held.Task;

        await EventuallyAsync(() => Work.Passed.Contains("first/1"));
        Assert.DoesNotContain("first/0", Work.Passed);
        Assert.Equal(["b"], Work.Applied);
        Work.Release();

        await EventuallyAsync(() => Work.Passed.Contains("first/0"));
        Assert.Contains("a", Work.Applied);
    }

    [Fact]
    public async Task Messages_in_the_error_queue_hold_back_no_checkpoint()
    {
        Work.Before = (ids, _) =>
            ids.Contains("poison") ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        await StartConsumerAsync();
        var publisher = PublisherOf(await StartPublisherAsync());
        await publisher.PublishAsync(Message("poison"), 0, CancellationToken.None);
        await Broker.PublishRawAsync(EventsAccepted.Descriptor.FullName, "0", new BasicProperties(), [1, 2, 3]);

        await publisher.PublishAsync(Marker("behind"), 0, CancellationToken.None);

        await EventuallyAsync(() => Work.Passed.Contains("behind/0"));
        await EventuallyAsync(async () => await Broker.CountAsync($"{Queue}-0_error") == 2);
    }

    [Fact]
    public async Task Checkpoints_are_passed_on_the_new_channel_after_the_broker_came_back()
    {
        await StartConsumerAsync();
        var publisher = PublisherOf(await StartPublisherAsync());
        await publisher.PublishAsync(Message("a"), 0, CancellationToken.None);
        await EventuallyAsync(() => Work.Applied.Contains("a"));
        await Broker.Server.StopAsync();
        await Broker.Server.RestartAsync();

        await PublishingTests.UntilPublishedAsync(publisher, Message("b"));
        await publisher.PublishAsync(Marker("after"), 0, CancellationToken.None);

        await EventuallyAsync(() => Work.Passed.Contains("after/0"));
        Assert.Contains("b", Work.Applied);
    }
}
