using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SessionPlatform.Cli.Replay;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using Status = Grpc.Core.Status;

namespace SessionPlatform.Cli.Tests.Replay;

/// <summary>Tests the sender against a server that crashes, closes streams early, refuses and rejects.</summary>
public sealed class EventSenderTests
{
    private const int BatchSize = 500;

    [Fact]
    public async Task Broken_connections_lose_nothing_and_count_nothing_twice()
    {
        await using var server = await FakeIngestion.StartAsync();
        // After so many acknowledged batches each connection breaks, in one way or the other.
        server.BreakAfter = new([2, 0, 5, 1]);
        using var sender = server.NewSender();
        await sender.SendAsync(Batches(12 * BatchSize + 7), CancellationToken.None);

        Assert.Equal(12 * BatchSize + 7, sender.Report.Accepted);
        Assert.Equal(0, sender.Report.Rejected);
        Assert.Empty(server.BreakAfter);
        Assert.Equal(Enumerable.Range(1, 13).Select(number => (long)number), server.Durable);
    }

    [Fact]
    public async Task Rejects_name_the_line_they_came_from()
    {
        await using var server = await FakeIngestion.StartAsync();
        server.IsBad = each => each.VisitorId is "visitor-3" or "visitor-700";
        using var sender = server.NewSender();
        await sender.SendAsync(Batches(1000), CancellationToken.None);

        Assert.Equal((998, 2), (sender.Report.Accepted, sender.Report.Rejected));
        Assert.Equal([3L, 700L], sender.Report.Examples.Select(example => example.Line));
        Assert.Equal((2, "url"), (sender.Report.Rejects.Single().Events, sender.Report.Rejects.Single().Field));
    }

    [Fact]
    public async Task Refusal_is_thrown_at_once()
    {
        await using var server = await FakeIngestion.StartAsync();
        server.Refusal = new RpcException(new Status(StatusCode.Unauthenticated, "no"));
        using var sender = server.NewSender();
        var failure = await Assert.ThrowsAsync<RpcException>(
            () => sender.SendAsync(Batches(20_000), CancellationToken.None));
        Assert.Equal(StatusCode.Unauthenticated, failure.StatusCode);
    }

    [Fact]
    public async Task Failure_of_the_source_is_thrown_and_what_came_before_is_acknowledged_or_not_counted()
    {
        await using var server = await FakeIngestion.StartAsync();
        using var sender = server.NewSender();
        await Assert.ThrowsAsync<CliException>(() => sender.SendAsync(Failing(), CancellationToken.None));

        static async IAsyncEnumerable<EventBatch> Failing()
        {
            await foreach (var batch in Batches(BatchSize))
                yield return batch;
            throw new CliException("broken off");
        }
    }

    [Fact]
    public async Task Server_that_never_was_there_is_an_error_at_once()
    {
        var server = await FakeIngestion.StartAsync();
        using var sender = server.NewSender();
        await server.DisposeAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(
            () => sender.SendAsync(Batches(1), CancellationToken.None));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    private static IAsyncEnumerable<EventBatch> Batches(int events) => EventBatch.CutAsync(
        Enumerable.Range(1, events)
            .Select(number => new NumberedEvent(number, new Event { VisitorId = $"visitor-{number}" }))
            .ToAsyncEnumerable(),
        Duration.FromTimeSpan(TimeSpan.FromDays(1)),
        CancellationToken.None);

    private sealed class FakeIngestion : Ingestion.IngestionBase, IAsyncDisposable
    {
        private WebApplication app = null!;

        public Queue<int> BreakAfter { get; set; } = new();

        public Func<Event, bool> IsBad { get; set; } = _ => false;

        public RpcException? Refusal { get; set; }

        /// <summary>The distinct sequence numbers that were acknowledged.</summary>
        public List<long> Durable { get; } = [];

        public static async Task<FakeIngestion> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder(
                new WebApplicationOptions { ContentRootPath = Path.GetTempPath() });
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel =>
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
            var server = new FakeIngestion();
            builder.Services.AddSingleton(server);
            builder.Services.AddGrpc();
            server.app = builder.Build();
            server.app.MapGrpcService<FakeIngestion>();
            await server.app.StartAsync();
            return server;
        }

        public EventSender NewSender() => new(
            new Ingestion.IngestionClient(GrpcChannel.ForAddress(app.Urls.Single())),
            token => new CallOptions(cancellationToken: token),
            TimeProvider.System);

        public override async Task TrackStream(
            IAsyncStreamReader<TrackStreamRequest> requestStream,
            IServerStreamWriter<TrackStreamResponse> responseStream,
            ServerCallContext context)
        {
            if (Refusal is not null)
                throw Refusal;
            var left = BreakAfter.TryDequeue(out var count) ? count : int.MaxValue;
            while (left > 0 && await requestStream.MoveNext(context.CancellationToken))
            {
                left--;
                var batch = requestStream.Current;
                Durable.Add(batch.Sequence);
                var answer = new TrackStreamResponse { DurableThrough = batch.Sequence };
                answer.Rejects.AddRange(batch.Events
                    .Select((each, index) => (each, index))
                    .Where(item => IsBad(item.each))
                    .Select(item => new RejectedInBatch
                    {
                        Sequence = batch.Sequence,
                        Index = item.index,
                        Violations = { new Violation { Field = "url", Reason = Violation.Types.Reason.Invalid } },
                    }));
                answer.Accepted = (uint)(batch.Events.Count - answer.Rejects.Count);
                await responseStream.WriteAsync(answer, context.CancellationToken);
            }

            // One way to go is in good order, the other in pieces.
            if (left == 0 && count % 2 == 0)
                throw new RpcException(new Status(StatusCode.Unavailable, "The broker is away."));
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
