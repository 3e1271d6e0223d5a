using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Messaging;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Tests.Grpc;

public sealed class TrackStreamTests : IAsyncLifetime
{
    private const int InFlight = 4;
    private IngestionHost host = null!;

    public async Task InitializeAsync() =>
        host = await IngestionHost.StartAsync(options => options.StreamBatchesInFlight = InFlight);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Acks_come_in_order_with_the_rejects_of_what_they_cover()
    {
        using var call = Open();
        for (var sequence = 1; sequence <= 50; sequence++)
        {
            var batch = Batch(sequence * 10);
            if (sequence % 5 == 0)
                batch.Events.Add(new Event());
            await call.RequestStream.WriteAsync(batch);
        }
        await call.RequestStream.WriteAsync(new TrackStreamRequest { Sequence = 501 });
        await call.RequestStream.CompleteAsync();

        var acks = await call.ResponseStream.ReadAllAsync().ToListAsync();
        Assert.Equal(acks.Select(ack => ack.DurableThrough).Order().Distinct(), acks.Select(ack => ack.DurableThrough));
        Assert.Equal(501, acks[^1].DurableThrough);
        Assert.Equal(50, acks.Sum(ack => ack.Accepted));
        var rejects = acks.SelectMany(ack => ack.Rejects).ToList();
        Assert.Equal(Enumerable.Range(1, 10).Select(n => n * 50L), rejects.Select(reject => reject.Sequence));
        Assert.All(rejects, reject => Assert.Equal((1, 3), (reject.Index, reject.Violations.Count)));
        Assert.Equal(50, host.Bus.Events.Count());
    }

    [Fact]
    public async Task Nothing_is_acknowledged_before_it_is_durable_and_reading_stops_while_it_is_not()
    {
        host.Bus.Hold();
        using var call = Open();
        var first = call.ResponseStream.MoveNext(CancellationToken.None);
        var writes = Task.Run(async () =>
        {
            for (var sequence = 1; sequence <= 100; sequence++)
                await call.RequestStream.WriteAsync(Batch(sequence));
            await call.RequestStream.CompleteAsync();
        });
        await Wait.UntilAsync(() => host.Bus.Started > 0);
        Assert.False(first.IsCompleted);
        host.Bus.Release();
        Assert.True(await first);
        var last = call.ResponseStream.Current.DurableThrough;
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
            last = call.ResponseStream.Current.DurableThrough;
        await writes;
        Assert.Equal(100, last);
    }

    [Fact]
    public async Task When_the_broker_fails_what_is_durable_is_acknowledged_and_the_stream_ends()
    {
        host.Bus.Fails = message => message is EventsAccepted accepted && accepted.Events.Any(e => e.Path == "/3")
            ? new BrokerUnavailableException("away")
            : null;
        using var call = Open();
        await call.RequestStream.WriteAsync(Batch(1));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await call.RequestStream.WriteAsync(Batch(2));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(2, call.ResponseStream.Current.DurableThrough);
        await call.RequestStream.WriteAsync(Batch(3));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);

        host.Bus.Fails = _ => null;
        using var again = Open();
        await again.RequestStream.WriteAsync(Batch(3));
        Assert.True(await again.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(3, again.ResponseStream.Current.DurableThrough);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(6)]
    public async Task A_sequence_that_does_not_grow_ends_the_stream_after_the_acks_before_it(long next)
    {
        using var call = Open();
        await call.RequestStream.WriteAsync(Batch(7));
        await call.RequestStream.WriteAsync(Batch(next));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(7, call.ResponseStream.Current.DurableThrough);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task A_stream_with_a_wrong_key_is_refused()
    {
        using var call = host.Client.TrackStream(IngestionHost.Key("unknown"));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task A_service_that_stops_does_not_wait_for_its_streams()
    {
        using var call = Open();
        await call.RequestStream.WriteAsync(Batch(1));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var stopped = host.StopAsync();
        // Unavailable, or Internal where the client sees the connection end before it has read the status.
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(error.StatusCode is StatusCode.Unavailable or StatusCode.Internal, error.ToString());
        // The server itself would wait for half a minute.
        await stopped.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Verdicts_in_a_stream_name_every_violation()
    {
        using var call = Open();
        var batch = Batch(1);
        batch.Events[0].SiteId = "blog";
        batch.Events[0].Sequence = -1;
        await call.RequestStream.WriteAsync(batch);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var reject = Assert.Single(call.ResponseStream.Current.Rejects);
        Assert.Equal([Reason.WrongSite, Reason.OutOfRange], reject.Violations.Select(violation => violation.Reason));
        Assert.Equal(0u, call.ResponseStream.Current.Accepted);
    }

    [Fact]
    public async Task Each_batch_is_a_trace_of_its_own_since_a_stream_may_go_on_for_days()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "SessionPlatform.Calls",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var traces = new ConcurrentQueue<ActivityTraceId>();
        host.Bus.Fails = _ =>
        {
            traces.Enqueue(Activity.Current!.TraceId);
            return null;
        };
        using var call = Open();
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            await call.RequestStream.WriteAsync(Batch(sequence));
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        }

        Assert.Equal(3, traces.Distinct().Count());
    }

    private AsyncDuplexStreamingCall<TrackStreamRequest, TrackStreamResponse> Open() =>
        host.Client.TrackStream(IngestionHost.Key("shop-ingest"));

    private static TrackStreamRequest Batch(long sequence) =>
        new() { Sequence = sequence, Events = { Examples.PageView($"/{sequence}") } };
}
