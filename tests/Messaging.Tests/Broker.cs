using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using SessionPlatform.LocalServers;

namespace SessionPlatform.Messaging.Tests;

/// <summary>One private broker for all tests that need one; they run one after the other.</summary>
public sealed class Broker : IAsyncLifetime
{
    private readonly string state = Directory.CreateTempSubdirectory("sessionplatform-bus-").FullName;
    private LocalRabbitMq? server;

    public LocalRabbitMq Server => server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => server = await LocalRabbitMq.StartAsync(state);

    public async Task DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        Directory.Delete(state, recursive: true);
    }

    /// <summary>For a test that failed while the broker was stopped.</summary>
    public async Task EnsureRunningAsync()
    {
        if (!await LocalRabbitMq.GreetsAsync(Server.Port, CancellationToken.None))
            await Server.RestartAsync();
    }

    public async Task<T> UseAsync<T>(Func<IChannel, Task<T>> use)
    {
        var factory = new ConnectionFactory { Uri = new Uri(Server.ConnectionString) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        return await use(channel);
    }

    /// <summary>How many messages are ready in a queue; -1 when there is no such queue.</summary>
    public async Task<int> CountAsync(string queue)
    {
        try
        {
            return await UseAsync(async channel => (int)(await channel.QueueDeclarePassiveAsync(queue)).MessageCount);
        }
        catch (OperationInterruptedException)
        {
            return -1;
        }
    }

    /// <summary>The next message of a queue, taken out of it.</summary>
    public Task<Taken> TakeAsync(string queue) =>
        UseAsync(async channel =>
        {
            // basic.get is refused on queues with a single active consumer.
            var taken = new TaskCompletionSource<Taken>();
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
                // The buffer is the client's own; it is used again.
                taken.TrySetResult(new Taken(delivery.BasicProperties, delivery.Body.ToArray()));
            };
            await channel.BasicQosAsync(0, 1, global: false);
            await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
            return await taken.Task.WaitAsync(TimeSpan.FromSeconds(30));
        });

    public Task PurgeAsync(string queue) => UseAsync(channel => channel.QueuePurgeAsync(queue));

    public Task PublishRawAsync(string exchange, string routingKey, BasicProperties properties, byte[] body) =>
        UseAsync(async channel =>
        {
            await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body);
            return true;
        });

    public Task DeleteAsync(IEnumerable<string> exchanges, IEnumerable<string> queues) =>
        UseAsync(async channel =>
        {
            foreach (var exchange in exchanges)
                await channel.ExchangeDeleteAsync(exchange);
            foreach (var queue in queues)
                await channel.QueueDeleteAsync(queue);
            return true;
        });
}

public sealed record Taken(IReadOnlyBasicProperties Properties, byte[] Body);

[CollectionDefinition(Name)]
public sealed class BrokerCollection : ICollectionFixture<Broker>
{
    public const string Name = "broker";
}
