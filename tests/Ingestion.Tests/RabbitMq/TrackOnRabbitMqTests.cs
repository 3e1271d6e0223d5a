using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Grpc.Core;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Tests.Grpc;
using SessionPlatform.LocalServers;

namespace SessionPlatform.Ingestion.Tests.RabbitMq;

/// <summary>The service on a private broker.</summary>
public sealed class TrackOnRabbitMqTests : IAsyncLifetime
{
    private readonly string state = Directory.CreateTempSubdirectory("sessionplatform-ingestion-").FullName;
    private LocalRabbitMq broker = null!;

    public async Task InitializeAsync() => broker = await LocalRabbitMq.StartAsync(state);

    public async Task DisposeAsync()
    {
        await broker.DisposeAsync();
        Directory.Delete(state, recursive: true);
    }

    [Fact]
    public async Task What_is_acknowledged_is_in_the_queues_after_a_crash_of_the_broker()
    {
        await using var host = await IngestionHost.StartOnBrokerAsync(broker.ConnectionString);
        var acknowledged = new HashSet<string>();
        await TrackUntilAcceptedAsync(host, acknowledged);
        // RabbitMQ 3.10 may leave a quorum queue without a leader for good when it is killed soon after the queue was
        // declared; after a restart in order the queues are there to stay.
        await broker.StopAsync();
        await broker.RestartAsync();
        await TrackUntilAcceptedAsync(host, acknowledged);

        await broker.StopImmediateAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () => await TrackAsync(host, acknowledged));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);

        await broker.RestartAsync();
        await TrackUntilAcceptedAsync(host, acknowledged);
        var platform = IngestionHost.Key(IngestionHost.PlatformKey);
        var placed = await host.Client.PlaceCheckpointAsync(new PlaceCheckpointRequest(), platform);

        var queued = await ReadQueuesAsync(placed);
        Assert.Superset(acknowledged, queued);
    }

    [Fact]
    public async Task Streams_wait_for_a_full_queue_and_go_on_when_it_has_room()
    {
        const int batches = 200;
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "sessionplatform.ingestion.held")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => found.TrySetResult());
        listener.Start();
        await using var host = await IngestionHost.StartOnBrokerAsync(broker.ConnectionString, maxQueueBytes: 20_000);
        await TrackUntilAcceptedAsync(host, []);

        using var call = host.Client.TrackStream(IngestionHost.Key("shop-ingest"));
        var sending = SendAsync(call, batches);
        await found.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker.ConnectionString) }
            .CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var stored = new ConcurrentDictionary<string, bool>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            foreach (var each in EventsAccepted.Parser.ParseFrom(delivery.Body.Span).Events)
                stored[each.StreamKey] = true;
            return Task.CompletedTask;
        };
        for (var partition = 0; partition < 4; partition++)
            await channel.BasicConsumeAsync($"sessionizer-events-{partition}", autoAck: true, consumer);

        var accepted = 0u;
        await foreach (var ack in call.ResponseStream.ReadAllAsync())
            accepted += ack.Accepted;
        await sending;
        Assert.Equal(batches * 10u, accepted);
        await Wait.UntilAsync(() => Task.FromResult(
            Enumerable.Range(0, batches).All(batch => stored.ContainsKey($"streamed {batch}"))));
    }

    private static async Task SendAsync(
        AsyncDuplexStreamingCall<TrackStreamRequest, TrackStreamResponse> call, int batches)
    {
        for (var batch = 0; batch < batches; batch++)
        {
            var request = new TrackStreamRequest { Sequence = batch + 1 };
            for (var count = 0; count < 10; count++)
            {
                var sent = Examples.PageView();
                sent.VisitorId = $"streamed {batch}";
                request.Events.Add(sent);
            }

            await call.RequestStream.WriteAsync(request);
        }

        await call.RequestStream.CompleteAsync();
    }

    private static async Task TrackAsync(IngestionHost host, HashSet<string> acknowledged)
    {
        var request = new TrackRequest();
        for (var count = 0; count < 100; count++)
        {
            var sent = Examples.PageView();
            sent.VisitorId = $"visitor {count}";
            request.Events.Add(sent);
        }
        var response = await host.Client.TrackAsync(request, IngestionHost.Key("shop-ingest"));
        acknowledged.UnionWith(response.Verdicts.Where(verdict => verdict.Accepted).Select(verdict => verdict.EventId));
        Assert.Equal(100u, response.Accepted);
    }

    private static Task TrackUntilAcceptedAsync(IngestionHost host, HashSet<string> acknowledged) =>
        Wait.UntilAsync(async () =>
        {
            try
            {
                await TrackAsync(host, acknowledged);
                return true;
            }
            catch (RpcException exception)
                when (exception.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted)
            {
                return false;
            }
        });

    // Every event ahead of the checkpoint's marker. Queues with a single active consumer can only be consumed.
    private async Task<HashSet<string>> ReadQueuesAsync(PlaceCheckpointResponse placed)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker.ConnectionString) }
            .CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queued = new HashSet<string>();
        for (var partition = 0; partition < placed.Partitions; partition++)
        {
            var messages = Channel.CreateUnbounded<EventsAccepted>();
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
                await messages.Writer.WriteAsync(EventsAccepted.Parser.ParseFrom(delivery.Body.Span));
            await channel.BasicConsumeAsync($"sessionizer-events-{partition}", autoAck: true, consumer);
            await foreach (var message in messages.Reader.ReadAllAsync())
            {
                Assert.Equal(partition, message.Partition);
                queued.UnionWith(message.Events.Select(e => new Guid(e.EventId.Span, bigEndian: true).ToString()));
                if (message.CheckpointId == placed.CheckpointId)
                    break;
            }
        }
        return queued;
    }
}
