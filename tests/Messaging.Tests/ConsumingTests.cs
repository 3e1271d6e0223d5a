using System.Globalization;
using RabbitMQ.Client;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Messaging.Tests;

public sealed class ConsumingTests(Broker broker) : BusTest(broker)
{
    private const string ErrorQueue = $"{Queue}-0_error";

    [Fact]
    public async Task Messages_that_were_published_before_a_consumer_ever_ran_all_arrive()
    {
        var publisher = PublisherOf(await StartPublisherAsync());
        var ids = Enumerable.Range(0, 100).Select(i => i.ToString("000", CultureInfo.InvariantCulture)).ToList();
        foreach (var id in ids)
            await publisher.PublishAsync(Message(id), 0, CancellationToken.None);
        await publisher.PublishAsync(
            new EventsRejected { Rejects = { new RejectedEvent { Reason = "TOO_OLD" } } }, CancellationToken.None);
        Assert.Equal(100, await Broker.CountAsync($"{Queue}-0"));

        await StartConsumerAsync();

        await EventuallyAsync(() => Work.Applied.Count == 101);
        Assert.Equal(ids, Work.Applied.Where(id => id != "TOO_OLD").Order());
        Assert.Contains(Work.BatchSizes, size => size > 1);
    }

    [Fact]
    public async Task A_batch_that_was_under_way_when_the_consumer_died_is_delivered_again()
    {
        var started = new TaskCompletionSource();
        Work.Before = (_, cancellation) =>
        {
            started.TrySetResult();
            return Work.UntilReleasedAsync(cancellation);
        };
        var first = await StartConsumerAsync();
        var publisher = PublisherOf(await StartPublisherAsync());
        await publisher.PublishAsync(Message("a"), 0, CancellationToken.None);
        await started.Task;
        await StopAsync(first);
        Assert.Empty(Work.Applied);
        Assert.Equal(-1, await Broker.CountAsync(ErrorQueue));

        Work.Before = (_, _) => Task.CompletedTask;
        await StartConsumerAsync();

        await EventuallyAsync(() => Work.Applied.Contains("a"));
    }

    [Fact]
    public async Task A_service_that_stops_while_a_batch_is_being_retried_gives_it_back()
    {
        var tries = 0;
        Work.Before = (_, _) =>
        {
            Interlocked.Increment(ref tries);
            throw new TimeoutException("the database is away");
        };
        var first = await StartConsumerAsync();
        await PublisherOf(await StartPublisherAsync()).PublishAsync(Message("a"), 0, CancellationToken.None);
        await EventuallyAsync(() => Volatile.Read(ref tries) > 2);
        await StopAsync(first);
        Assert.Equal(-1, await Broker.CountAsync(ErrorQueue));

        Work.Before = (_, _) => Task.CompletedTask;
        await StartConsumerAsync();

        await EventuallyAsync(() => Work.Applied.Contains("a"));
    }

    [Fact]
    public async Task One_poison_message_of_ten_goes_to_the_error_queue_and_the_others_are_applied_once()
    {
        Work.Before = (ids, _) =>
            ids.Contains("5") ? throw new InvalidOperationException("five is right out") : Task.CompletedTask;
        Settings["Bus:BatchLinger"] = "00:00:01";
        Settings["Bus:BatchMessages"] = "10";
        var publisher = PublisherOf(await StartPublisherAsync());
        for (var i = 0; i < 10; i++)
            await publisher.PublishAsync(Message($"{i}"), 0, CancellationToken.None);

        await StartConsumerAsync();

        await EventuallyAsync(async () => await Broker.CountAsync(ErrorQueue) == 1);
        await EventuallyAsync(async () => await Broker.CountAsync($"{Queue}-0") == 0);
        Assert.Equal(["0", "1", "2", "3", "4", "6", "7", "8", "9"], Work.Applied.Order());
        var poison = await Broker.TakeAsync(ErrorQueue);
        Assert.Equal("5", EventsAccepted.Parser.ParseFrom(poison.Body).Events[0].StreamKey);
        var reason = poison.Properties.Headers!["MT-Fault-Message"] as byte[];
        Assert.Equal("five is right out"u8.ToArray(), reason);
    }

    [Fact]
    public async Task A_transient_failure_is_retried_until_it_succeeds()
    {
        var tries = 0;
        Work.Before = (_, _) => Interlocked.Increment(ref tries) <= 10
            ? throw new InvalidOperationException("while committing", new TimeoutException())
            : Task.CompletedTask;
        await StartConsumerAsync();
        var publisher = PublisherOf(await StartPublisherAsync());

        await publisher.PublishAsync(Message("a"), 0, CancellationToken.None);

        await EventuallyAsync(() => !Work.Applied.IsEmpty);
        Assert.Equal(11, tries);
        Assert.Equal(["a"], Work.Applied);
        Assert.Equal(-1, await Broker.CountAsync(ErrorQueue));
    }

    [Theory]
    [InlineData("no protobuf", "sessionplatform.events.v1.EventsAccepted")]
    [InlineData("", "sessionplatform.events.v1.Unknown")]
    [InlineData("", null)]
    public async Task A_message_that_cannot_be_read_goes_to_the_error_queue_and_blocks_nothing(
        string body, string? type)
    {
        await StartConsumerAsync();
        var publisher = PublisherOf(await StartPublisherAsync());
        await publisher.PublishAsync(Message("a"), 0, CancellationToken.None);
        var properties = new BasicProperties { ContentType = "application/x-protobuf", Persistent = true };
        if (type is not null)
            properties.Headers = new Dictionary<string, object?> { ["proto-message"] = type };

        await Broker.PublishRawAsync(
            EventsAccepted.Descriptor.FullName, "0", properties, System.Text.Encoding.UTF8.GetBytes(body));
        await publisher.PublishAsync(Message("b"), 0, CancellationToken.None);

        await EventuallyAsync(() => Work.Applied.Count == 2);
        await EventuallyAsync(async () => await Broker.CountAsync(ErrorQueue) == 1);
    }

    [Fact]
    public async Task One_batch_at_a_time_is_applied_in_a_partition_and_two_partitions_work_at_once()
    {
        var inside = new int[2];
        var most = 0;
        var both = new TaskCompletionSource();
        Work.Before = async (ids, cancellation) =>
        {
            var partition = ids[0][0] - '0';
            InterlockedMax(ref most, Interlocked.Increment(ref inside[partition]));
            if (Volatile.Read(ref inside[1 - partition]) > 0)
                both.TrySetResult();
            await both.Task.WaitAsync(cancellation);
            await Task.Yield();
            Interlocked.Decrement(ref inside[partition]);
        };
        Settings["Bus:BatchMessages"] = "3";
        var publisher = PublisherOf(await StartPublisherAsync());
        for (var i = 0; i < 20; i++)
        {
            await publisher.PublishAsync(Message($"0/{i}"), 0, CancellationToken.None);
            await publisher.PublishAsync(Message($"1/{i}"), 1, CancellationToken.None);
        }

        await StartConsumerAsync();

        await EventuallyAsync(() => Work.Applied.Count == 40);
        Assert.Equal(1, most);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
            seen = Interlocked.CompareExchange(ref target, value, seen);
    }
}
