using System.Runtime.CompilerServices;
using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.ServiceDefaults.Grpc;
using FunnelsProgress = SessionPlatform.Contracts.Funnels.V1.GetCheckpointResponse;
using FunnelsRequest = SessionPlatform.Contracts.Funnels.V1.GetCheckpointRequest;
using Phase = SessionPlatform.Contracts.Jobs.V1.AuditProgress.Types.Phase;
using RpcStatus = Grpc.Core.Status;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;
using SessionsProgress = SessionPlatform.Contracts.Sessions.V1.GetCheckpointResponse;
using SessionsRequest = SessionPlatform.Contracts.Sessions.V1.GetCheckpointRequest;

namespace SessionPlatform.Query.Tests.Grpc;

public sealed class JobsTests : IClassFixture<QueryHost>
{
    private const string OfSessionizer = "SessionizerJobs/Audit";
    private const string OfFunnel = "FunnelJobs/Audit";
    private const string Preview = "FunnelJobs/PreviewRules";
    private const string Placed = "Ingestion/PlaceCheckpoint";

    private readonly QueryHost host;

    public JobsTests(QueryHost host)
    {
        this.host = host;
        Services.Reset();
        Services.On<PlaceCheckpointRequest>(
            Placed, _ => new PlaceCheckpointResponse { CheckpointId = "checkpoint", Partitions = 4 });
        Services.On<SessionsRequest>(
            "Sessions/GetCheckpoint", _ => new SessionsProgress { PassedPartitions = 4, Published = true });
        Services.On<FunnelsRequest>("Funnels/GetCheckpoint", _ => new FunnelsProgress { PassedPartitions = 4 });
        Services.OnStream<AuditRequest>(OfSessionizer, Summary(new AuditSummary()));
        Services.OnStream<AuditRequest>(OfFunnel, Summary(new AuditSummary()));
    }

    private FakeServices Services => host.Services;

    [Fact]
    public async Task An_audit_waits_then_asks_both_services_and_ends_with_one_summary()
    {
        Services.OnStream<AuditRequest>(
            OfSessionizer,
            Progress(Phase.Sessions),
            Difference("a"),
            Summary(new AuditSummary { Events = 9, Sessions = 3, Differences = 1, Repaired = 1 }));
        Services.OnStream<AuditRequest>(
            OfFunnel,
            Progress(Phase.Documents),
            Difference("b"),
            Progress(Phase.Aggregates),
            Summary(new AuditSummary { Documents = 3, Aggregates = 20, Differences = 2, Repaired = 4 }));

        var messages = await AuditAsync();

        Assert.Equal(
            [
                Progress(Phase.Waiting), Progress(Phase.Sessions), Difference("a"), Progress(Phase.Documents),
                Difference("b"), Progress(Phase.Aggregates),
                Summary(new AuditSummary
                {
                    Events = 9, Sessions = 3, Documents = 3, Aggregates = 20, Differences = 3, Repaired = 5,
                }),
            ],
            messages);
        Assert.Equal(1, Services.CountOf(Placed));
        Assert.All(
            Services.Calls.Where(call => call.Method.EndsWith("Jobs/Audit", StringComparison.Ordinal)),
            call => Assert.Equal(
                ($"Bearer {FakeServices.PlatformKey}", DateTime.MaxValue), (call.Authorization, call.Deadline)));
    }

    [Fact]
    public async Task The_wait_says_what_it_waits_for()
    {
        Services.On<SessionsRequest>("Sessions/GetCheckpoint", _ => Services.CountOf("Sessions/GetCheckpoint") == 1
            ? new SessionsProgress { PassedPartitions = 1 }
            : new SessionsProgress { PassedPartitions = 4, Published = true });

        var waits = (await AuditAsync())
            .Select(message => message.Progress)
            .Where(progress => progress?.Phase == Phase.Waiting);

        Assert.Equal([0ul, 3ul], waits.Select(progress => progress.Total));
    }

    [Fact]
    public async Task After_a_repair_of_sessions_Funnel_is_asked_only_when_it_has_heard_of_them()
    {
        var repaired = new TaskCompletionSource();
        Services.OnStream<AuditRequest>(OfSessionizer, (request, _) =>
        {
            Assert.True(request.Repair);
            repaired.SetResult();
            return new[] { Summary(new AuditSummary()) }.ToAsyncEnumerable();
        });
        Services.On<PlaceCheckpointRequest>(Placed, _ =>
        {
            Assert.Equal(Services.CountOf(Placed) == 2, repaired.Task.IsCompleted);
            Assert.Equal(0, Services.CountOf(OfFunnel));
            return new PlaceCheckpointResponse { CheckpointId = "checkpoint", Partitions = 4 };
        });

        var messages = await AuditAsync(repair: true);

        Assert.Equal(2, messages.Count(message => message.Progress?.Phase == Phase.Waiting));
        Assert.Equal(2, Services.CountOf(Placed));
        Assert.Equal(1, Services.CountOf(OfFunnel));
    }

    [Theory]
    [InlineData(OfSessionizer)]
    [InlineData(OfFunnel)]
    public async Task What_is_unavailable_at_first_is_tried_again(string method)
    {
        Services.OnStream<AuditRequest>(method, (_, _) => Services.CountOf(method) < 3
            ? throw new RpcException(new RpcStatus(StatusCode.Unavailable, "Starting."))
            : new[] { Summary(new AuditSummary()) }.ToAsyncEnumerable());

        Assert.NotNull((await AuditAsync())[^1].Summary);
        Assert.Equal(3, Services.CountOf(method));
    }

    [Fact]
    public async Task What_breaks_in_the_middle_ends_the_audit_and_is_not_tried_again()
    {
        Services.OnStream<AuditRequest>(OfSessionizer, (_, _) => BreakAsync());

        var error = await Assert.ThrowsAsync<RpcException>(() => AuditAsync());

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("Stopping.", error.Status.Detail);
        Assert.Equal((1, 0), (Services.CountOf(OfSessionizer), Services.CountOf(OfFunnel)));

        static async IAsyncEnumerable<Google.Protobuf.IMessage> BreakAsync()
        {
            yield return Progress(Phase.Sessions);
            await Task.Yield();
            throw new RpcException(new RpcStatus(StatusCode.Unavailable, "Stopping."));
        }
    }

    [Fact]
    public async Task A_service_that_ends_without_its_summary_has_proved_nothing()
    {
        Services.OnStream<AuditRequest>(OfFunnel, Progress(Phase.Documents));

        await Assert.ThrowsAsync<RpcException>(() => AuditAsync());
    }

    [Theory]
    [InlineData(OfSessionizer)]
    [InlineData(OfFunnel)]
    public async Task A_caller_that_leaves_ends_the_stream_behind(string method)
    {
        var (arrived, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        Services.OnStream<AuditRequest>(method, (_, context) => StayAsync(context.CancellationToken));
        using var leaving = new CancellationTokenSource();
        var auditing = AuditAsync(cancellation: leaving.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await leaving.CancelAsync();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<RpcException>(() => auditing);

        async IAsyncEnumerable<Google.Protobuf.IMessage> StayAsync(
            [EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return Progress(Phase.Sessions);
            arrived.SetResult();
            await using var registration = cancellation.Register(ended.SetResult);
            await ended.Task;
        }
    }

    [Fact]
    public async Task The_callers_deadline_is_the_one_behind()
    {
        var deadline = DateTime.UtcNow.AddSeconds(17);
        using var call = host.Jobs.Audit(
            new AuditRequest { SiteId = "shop" }, QueryHost.As(FakeServices.PlatformKey).WithDeadline(deadline));
        await call.ResponseStream.ReadAllAsync().ToListAsync();

        var behind = Assert.Single(Services.Calls, seen => seen.Method == OfFunnel);
        Assert.Equal(deadline, behind.Deadline, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_preview_is_what_Funnel_says()
    {
        PreviewRulesResponse[] said =
        [
            new() { SessionsComputed = 7 }, new() { Result = new RulesPreview { Before = new() { Sessions = 7 } } },
        ];
        Services.OnStream<PreviewRulesRequest>(Preview, said);

        Assert.Equal(said, await PreviewAsync(FakeServices.PlatformKey));
    }

    [Fact]
    public async Task What_is_wrong_with_the_rules_reaches_the_caller()
    {
        Services.OnStream<PreviewRulesRequest>(
            Preview, (_, _) => throw GrpcErrors.InvalidArgument("by_rules.timeout", "must be 1 s - 24 h"));

        var error = await Assert.ThrowsAsync<RpcException>(() => PreviewAsync(FakeServices.PlatformKey));

        Assert.Equal(
            "by_rules.timeout", Assert.Single(error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Field);
    }

    [Fact]
    public async Task The_recomputation_is_the_Sessionizers()
    {
        var answer = await host.Jobs.GetReprocessAsync(
            new GetReprocessRequest { SiteId = "shop" }, QueryHost.As(FakeServices.PlatformKey));

        Assert.Equal(7, answer.Reprocess.RulesVersion);
        Assert.Equal("SessionizerJobs/GetReprocess", Assert.Single(Services.Calls).Method);
    }

    [Theory]
    [InlineData("shop", Scope.Read)]
    [InlineData("shop", Scope.Ingest)]
    [InlineData("bank", Scope.Admin)]
    public async Task Jobs_are_for_an_admin_of_the_site(string site, Scope scope)
    {
        var key = Services.AddKey(site, scope);

        var errors = new[]
        {
            await Assert.ThrowsAsync<RpcException>(() => AuditAsync(key: key)),
            await Assert.ThrowsAsync<RpcException>(() => PreviewAsync(key)),
            await Assert.ThrowsAsync<RpcException>(async () =>
                await host.Jobs.GetReprocessAsync(new GetReprocessRequest { SiteId = "shop" }, QueryHost.As(key))),
        };

        Assert.All(errors, error => Assert.Equal(StatusCode.PermissionDenied, error.StatusCode));
        Assert.Empty(Services.Calls);
        await AuditAsync(key: Services.AddKey("shop", Scope.Admin));
    }

    private static AuditResponse Progress(Phase phase) => new() { Progress = new AuditProgress { Phase = phase } };

    private static AuditResponse Difference(string subject) =>
        new() { Difference = new AuditDifference { Subject = subject } };

    private static AuditResponse Summary(AuditSummary summary) => new() { Summary = summary };

    private async Task<List<AuditResponse>> AuditAsync(
        bool repair = false, string key = FakeServices.PlatformKey, CancellationToken cancellation = default)
    {
        // Without a deadline: an audit takes as long as it takes.
        var headers = new Metadata { { "authorization", $"Bearer {key}" } };
        using var call = host.Jobs.Audit(
            new AuditRequest { SiteId = "shop", Repair = repair }, new CallOptions(headers, null, cancellation));
        return await call.ResponseStream.ReadAllAsync(CancellationToken.None).ToListAsync(CancellationToken.None);
    }

    private async Task<List<PreviewRulesResponse>> PreviewAsync(string key)
    {
        using var call = host.Jobs.PreviewRules(new PreviewRulesRequest { SiteId = "shop" }, QueryHost.As(key));
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }
}
