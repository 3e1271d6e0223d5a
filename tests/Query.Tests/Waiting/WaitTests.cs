using System.Collections.Concurrent;
using Grpc.Core;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Query.Configuration;
using FunnelsProgress = SessionPlatform.Contracts.Funnels.V1.GetCheckpointResponse;
using FunnelsRequest = SessionPlatform.Contracts.Funnels.V1.GetCheckpointRequest;
using Phase = SessionPlatform.Contracts.Query.V1.WaitResponse.Types.Phase;
using SessionsProgress = SessionPlatform.Contracts.Sessions.V1.GetCheckpointResponse;
using SessionsRequest = SessionPlatform.Contracts.Sessions.V1.GetCheckpointRequest;

namespace SessionPlatform.Query.Tests.Waiting;

public sealed class WaitTests(QueryHost host) : WaitTestsBase(host), IClassFixture<QueryHost>
{
    [Fact]
    public async Task It_goes_through_the_phases_in_order_and_says_what_is_left()
    {
        Script(
            Sessionized,
            new SessionsProgress { PassedPartitions = 1 },
            new SessionsProgress { PassedPartitions = 3 },
            new SessionsProgress { PassedPartitions = 4 },
            Published);
        Script(Applied, new FunnelsProgress { PassedPartitions = 2 }, new FunnelsProgress { PassedPartitions = 4 });

        var answers = await WaitAsync();

        Assert.Equal(
            [
                (Phase.Sessionizing, 3u), (Phase.Sessionizing, 1u), (Phase.Publishing, 0u), (Phase.Applying, 2u),
                (Phase.Done, 0u),
            ],
            answers.Select(answer => (answer.Phase, answer.Remaining)));
        Assert.Equal(1, Placed);
    }

    [Fact]
    public async Task Closed_waits_for_the_closing_and_then_for_the_Funnel_once_more()
    {
        var isClosing = 0;
        var funnelAsked = new ConcurrentQueue<string>();
        Services.On<SessionsRequest>(Sessionized, request =>
        {
            var progress = Published;
            if (request.CheckpointId == "checkpoint-1" && !funnelAsked.IsEmpty)
                progress.ClosingSessions = (uint)Math.Max(0, 3 - Interlocked.Increment(ref isClosing));
            return progress;
        });
        Services.On<FunnelsRequest>(Applied, request =>
        {
            funnelAsked.Enqueue(request.CheckpointId);
            return new FunnelsProgress { PassedPartitions = Partitions };
        });

        var answers = await WaitAsync(closed: true);

        Assert.Equal(
            [(Phase.Closing, 2u), (Phase.Closing, 1u), (Phase.Done, 0u)],
            answers.Select(answer => (answer.Phase, answer.Remaining)));
        Assert.Equal(["checkpoint-1", "checkpoint-2"], funnelAsked);
    }

    [Theory]
    [InlineData(Place)]
    [InlineData(Sessionized)]
    [InlineData(Applied)]
    public async Task A_service_that_is_away_is_waited_for(string method)
    {
        var away = new RpcException(new Status(StatusCode.Unavailable, "Away."));
        // More often than the retries around one call.
        var failures = 3 * (1 + new QueryOptions().Retries);
        var before = new Dictionary<string, Func<Google.Protobuf.IMessage>>
        {
            [Place] = () => new PlaceCheckpointResponse { CheckpointId = "late", Partitions = Partitions },
            [Sessionized] = () => Published,
            [Applied] = () => new FunnelsProgress { PassedPartitions = Partitions },
        }[method];
        Services.On<Google.Protobuf.IMessage>(
            method, _ => Services.CountOf(method) <= failures ? throw away : before());

        var answers = await WaitAsync();

        Assert.Equal(Phase.Done, answers[^1].Phase);
        Assert.True(Services.CountOf(method) > failures);
    }

    [Fact]
    public async Task A_wait_ends_at_the_callers_deadline()
    {
        Services.On<SessionsRequest>(Sessionized, _ => new SessionsProgress { PassedPartitions = 1 });
        var options = QueryHost.As(FakeServices.PlatformKey).WithDeadline(DateTime.UtcNow.AddSeconds(1));

        var error = await Assert.ThrowsAsync<RpcException>(() => WaitAsync(options: options));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task Any_known_key_may_wait_and_no_other()
    {
        var key = Services.AddKey("shop", Key.Types.Scope.Ingest);

        var answers = await WaitAsync(options: QueryHost.As(key));
        var error = await Assert.ThrowsAsync<RpcException>(() => WaitAsync(options: QueryHost.As("no-such-key")));

        Assert.Equal(Phase.Done, answers[^1].Phase);
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }
}

public sealed class LostCheckpointTests(LostCheckpointTests.ImpatientHost impatient)
    : WaitTestsBase(impatient.Host), IClassFixture<LostCheckpointTests.ImpatientHost>
{
    [Fact]
    public async Task A_checkpoint_that_is_lost_is_placed_again()
    {
        Services.On<SessionsRequest>(Sessionized, request =>
            request.CheckpointId == "checkpoint-1" ? new SessionsProgress { PassedPartitions = 2 } : Published);

        var answers = await WaitAsync();

        Assert.Equal(Phase.Done, answers[^1].Phase);
        Assert.InRange(Placed, 2, int.MaxValue);
    }

    [Fact]
    public async Task An_older_checkpoint_that_arrives_after_all_will_do()
    {
        Services.On<SessionsRequest>(Sessionized, request =>
            request.CheckpointId == "checkpoint-1" && Placed >= 3
                ? Published
                : new SessionsProgress());

        var answers = await WaitAsync();

        Assert.Equal(Phase.Done, answers[^1].Phase);
    }

    public sealed class ImpatientHost : IAsyncLifetime
    {
        public QueryHost Host { get; } = new QueryHost().With("CheckpointPatience", "00:00:00.3");

        public Task InitializeAsync() => Host.InitializeAsync();

        public Task DisposeAsync() => Host.DisposeAsync();
    }
}

public abstract class WaitTestsBase
{
    protected const string Place = "Ingestion/PlaceCheckpoint";
    protected const string Sessionized = "Sessions/GetCheckpoint";
    protected const string Applied = "Funnels/GetCheckpoint";
    protected const int Partitions = 4;

    protected static SessionsProgress Published => new() { PassedPartitions = Partitions, Published = true };

    private int placed;

    protected WaitTestsBase(QueryHost host)
    {
        Services = host.Services;
        Client = host.Client;
        Services.Reset();
        Services.On<PlaceCheckpointRequest>(Place, _ => new PlaceCheckpointResponse
        {
            CheckpointId = $"checkpoint-{Interlocked.Increment(ref placed)}",
            Partitions = Partitions,
        });
        Services.On<SessionsRequest>(Sessionized, _ => Published);
        Services.On<FunnelsRequest>(Applied, _ => new FunnelsProgress { PassedPartitions = Partitions });
    }

    private protected FakeServices Services { get; }

    protected Contracts.Query.V1.Query.QueryClient Client { get; }

    protected int Placed => Volatile.Read(ref placed);

    /// <summary>One answer after the other; the last one stays.</summary>
    private protected void Script(string method, params Google.Protobuf.IMessage[] answers)
    {
        var asked = 0;
        Services.On<Google.Protobuf.IMessage>(
            method, _ => answers[Math.Min(Interlocked.Increment(ref asked), answers.Length) - 1]);
    }

    protected async Task<List<WaitResponse>> WaitAsync(bool closed = false, CallOptions? options = null)
    {
        using var call = Client.Wait(
            new WaitRequest { Closed = closed }, options ?? QueryHost.As(FakeServices.PlatformKey));
        var answers = new List<WaitResponse>();
        await foreach (var answer in call.ResponseStream.ReadAllAsync())
            answers.Add(answer);
        return answers;
    }
}
