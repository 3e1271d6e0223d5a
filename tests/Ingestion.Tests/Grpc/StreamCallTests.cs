using System.Diagnostics.Metrics;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Buffers;
using SessionPlatform.Ingestion.Grpc;
using SessionPlatform.Ingestion.Intake;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.Ingestion.UserAgents;
using SessionPlatform.ServiceDefaults.Access;
using SessionPlatform.ServiceDefaults.Bus;

namespace SessionPlatform.Ingestion.Tests.Grpc;

public sealed class StreamCallTests
{
    private const int InFlight = 4;
    private const int Offered = 1000;

    [Fact]
    public Task While_nothing_is_confirmed_a_stream_is_read_only_so_far_ahead() =>
        AssertReadsAsync(new IngestionOptions(), events: 1, reads: InFlight + 1);

    [Fact]
    public Task While_there_is_no_room_a_stream_is_read_only_so_far_ahead() =>
        AssertReadsAsync(new IngestionOptions { PendingBytes = 1024 * 1024 }, events: 1000, reads: 2);

    private static async Task AssertReadsAsync(IngestionOptions options, int events, int reads)
    {
        var bus = new FakeBus();
        bus.Hold();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new IngestionMetrics(services.GetRequiredService<IMeterFactory>());
        await using var publisher = new EventPublisher(
            bus, Options.Create(new BusOptions()), Options.Create(options), metrics, TimeProvider.System);
        var intake = new EventIntake(
            publisher, new NoSites(), UserAgentCache.Unknowing, metrics, TimeProvider.System);
        var caller = new Caller(false, Examples.Shop(), new HashSet<Key.Types.Scope> { Key.Types.Scope.Ingest });
        var requests = new Requests(events);
        var responses = new Responses();

        var call = new StreamCall(intake, caller, InFlight, CancellationToken.None)
            .RunAsync(requests, responses, CancellationToken.None);
        // The batches are all there at once: a reader without a bound has them all before the first of this loop.
        await Wait.UntilAsync(() => requests.Read >= reads && bus.Started > 0);
        Assert.Equal(reads, requests.Read);
        Assert.Empty(responses.Acks);

        bus.Release();
        await call;
        Assert.Equal(Offered, responses.Acks[^1].DurableThrough);
    }

    private sealed class NoSites : ISiteDirectory
    {
        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => default;
    }

    private sealed class Requests(int events) : IAsyncStreamReader<RawBatch>
    {
        private int read;

        public int Read => Volatile.Read(ref read);

        // 700 bytes each, so that two batches of 1000 are above 1 MiB.
        public RawBatch Current => RawBatch.ReadTrackStreamRequest(new TrackStreamRequest
        {
            Sequence = read,
            Events = { Enumerable.Repeat(Examples.PageView("/" + new string('x', 600)), read <= 2 ? events : 1) },
        }.ToByteArray());

        public Task<bool> MoveNext(CancellationToken cancellationToken) =>
            Task.FromResult(Interlocked.Increment(ref read) <= Offered);
    }

    private sealed class Responses : IServerStreamWriter<TrackStreamResponse>
    {
        public List<TrackStreamResponse> Acks { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(TrackStreamResponse message)
        {
            Acks.Add(message);
            return Task.CompletedTask;
        }
    }
}
