using System.Diagnostics.Metrics;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Buffers;
using SessionPlatform.Ingestion.Configuration;
using SessionPlatform.Ingestion.Grpc;
using SessionPlatform.Ingestion.Intake;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.Ingestion.Telemetry;
using SessionPlatform.Ingestion.UserAgents;
using SessionPlatform.Access;
using SessionPlatform.Messaging;

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

    [Fact]
    public async Task A_service_that_stops_acknowledges_what_is_durable_and_says_that_it_stops()
    {
        await using var service = new Service(new IngestionOptions());
        service.Bus.Hold();
        var requests = new Requests(events: 1, offered: 3, stays: true);
        using var stopping = new CancellationTokenSource();
        var call = service.RunAsync(requests, stopping.Token);
        await Wait.UntilAsync(() => requests.Read == 4 && service.Bus.Started > 0);

        await stopping.CancelAsync();
        service.Bus.Release();

        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(3, service.Acks[^1].DurableThrough);
    }

    private static async Task AssertReadsAsync(IngestionOptions options, int events, int reads)
    {
        await using var service = new Service(options);
        service.Bus.Hold();
        var requests = new Requests(events, Offered);

        var call = service.RunAsync(requests, CancellationToken.None);
        // The batches are all there at once: a reader without a bound has them all before the first of this loop.
        await Wait.UntilAsync(() => requests.Read >= reads && service.Bus.Started > 0);
        Assert.Equal(reads, requests.Read);
        Assert.Empty(service.Acks);

        service.Bus.Release();
        await call;
        Assert.Equal(Offered, service.Acks[^1].DurableThrough);
    }

    /// <summary>The intake on a fake bus that can withhold its confirms.</summary>
    private sealed class Service : IAsyncDisposable
    {
        private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        private readonly Responses responses = new();
        private readonly EventPublisher publisher;
        private readonly EventIntake intake;

        public Service(IngestionOptions options)
        {
            var metrics = new IngestionMetrics(services.GetRequiredService<IMeterFactory>());
            publisher = new EventPublisher(
                Bus, Options.Create(new BusOptions()), Options.Create(options), metrics, TimeProvider.System);
            intake = new EventIntake(
                publisher, new NoSites(), UserAgentCache.Empty, metrics, TimeProvider.System);
        }

        public FakeBus Bus { get; } = new();

        public List<TrackStreamResponse> Acks => responses.Acks;

        public Task RunAsync(Requests requests, CancellationToken stopping)
        {
            var caller = new Caller(false, Examples.Shop(), new HashSet<Key.Types.Scope> { Key.Types.Scope.Ingest });
            return new StreamCall(intake, caller, InFlight, stopping)
                .RunAsync(requests, responses, CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await publisher.DisposeAsync();
            await services.DisposeAsync();
        }
    }

    private sealed class NoSites : ISiteDirectory
    {
        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => default;
    }

    private sealed class Requests(int events, int offered, bool stays = false) : IAsyncStreamReader<RawBatch>
    {
        private int read;

        public int Read => Volatile.Read(ref read);

        // 700 bytes each, so that two batches of 1000 are above 1 MiB.
        public RawBatch Current => RawBatch.ReadTrackStreamRequest(new TrackStreamRequest
        {
            Sequence = read,
            Events = { Enumerable.Repeat(Examples.PageView("/" + new string('x', 600)), read <= 2 ? events : 1) },
        }.ToByteArray());

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref read) <= offered)
                return true;
            if (stays)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return false;
        }
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
