using System.Diagnostics;
using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace SessionPlatform.EndToEnd.Tests.Suites;

/// <summary>One queue of the broker.</summary>
public sealed record BrokerQueue(string Name, long Ready, long Unacknowledged)
{
    public bool IsEmpty => Ready == 0 && Unacknowledged == 0;
}

/// <summary>The queues of a suite's private broker, seen past all services.</summary>
public sealed class BrokerQueues(string state)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>What <c>rabbitmqctl list_queues</c> says.</summary>
    public async Task<IReadOnlyList<BrokerQueue>> ListAsync()
    {
        var node = ServerProcess.Running(state, ServerProcess.RabbitMq);
        var program = Directory.EnumerateDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*")
            .Order(StringComparer.Ordinal).Last();
        var start = new ProcessStartInfo(
            Path.Combine(program, "sbin", "rabbitmqctl"),
            ["list_queues", "--quiet", "--no-table-headers", "name", "messages_ready", "messages_unacknowledged"]);
        // Name, cookie and ports of the node; it is a process of nobody's stack.
        foreach (var variable in node.Environment.Select(each => each.Split('=', 2)))
            start.Environment[variable[0]] = variable[1];
        start.Environment.Remove(StackProcess.Mark);
        var printed = (await ProcessResult.RunAsync(start, Longest)).Succeeded();
        return [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    /// <summary>Returns once no message is in any queue, neither waiting nor being worked on nor put aside.</summary>
    public Task AssertEmptyAsync() => Eventually.GetAsync(
        async () => new Listing((await ListAsync()).Where(queue => !queue.IsEmpty)), listing => listing.IsEmpty);

    /// <summary>Publishes bytes straight to a queue, as the platform's messages are published.</summary>
    public async Task PublishAsync(string queue, byte[] body, string type)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var properties = new BasicProperties
        {
            ContentType = "application/x-protobuf",
            Persistent = true,
            Headers = new Dictionary<string, object?> { ["proto-message"] = type },
        };
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, body);
    }

    /// <summary>Takes the next message off a queue, once the queue and the message are there.</summary>
    public async Task<byte[]> TakeAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await Eventually.GetAsync(() => HasMessageAsync(connection, queue), there => there);
        await using var channel = await connection.CreateChannelAsync();
        // One consumer at a time may take from it, which forbids to get a message without being one.
        var count = 0;
        var taken = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var body = delivery.Body.ToArray();
            if (Interlocked.Exchange(ref count, 1) > 0)
                return;
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            taken.TrySetResult(body);
        };
        await channel.BasicQosAsync(0, 1, global: false);
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        return await taken.Task.WaitAsync(Longest);
    }

    private static async Task<bool> HasMessageAsync(IConnection connection, string queue)
    {
        // The channel ends with the question when there is no such queue.
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return await channel.MessageCountAsync(queue) > 0;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return false;
        }
    }

    private Task<IConnection> ConnectAsync()
    {
        var address = StackProcess.OfStack(state)
            .Select(process => process.Variable("ConnectionStrings__messaging"))
            .First(found => found is not null)!;
        return new ConnectionFactory { Uri = new Uri(address) }.CreateConnectionAsync();
    }

    private static BrokerQueue Parse(string line)
    {
        var columns = line.Split('\t');
        return new BrokerQueue(columns[0], Number(columns[1]), Number(columns[2]));
    }

    // A queue without a leader has no numbers: that is a message stuck.
    private static long Number(string column) =>
        long.TryParse(column, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private sealed class Listing(IEnumerable<BrokerQueue> queues)
    {
        private readonly string text = string.Join('\n', queues);

        public bool IsEmpty => text.Length == 0;

        public override string ToString() => text;
    }
}
