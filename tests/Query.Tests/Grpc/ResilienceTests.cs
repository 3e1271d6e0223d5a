using System.Collections.Concurrent;
using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Query.Configuration;
using SessionPlatform.ServiceDefaults.Grpc;
using RpcStatus = Grpc.Core.Status;

namespace SessionPlatform.Query.Tests.Grpc;

public sealed class ResilienceTests : IClassFixture<QueryHost>
{
    private const string List = "Sessions/ListSessions";

    private readonly QueryHost host;

    public ResilienceTests(QueryHost host)
    {
        this.host = host;
        host.Services.Reset();
    }

    [Fact]
    public async Task What_is_unavailable_is_tried_again_until_it_answers()
    {
        host.Services.On<ListSessionsRequest>(List, _ => host.Services.CountOf(List) < 4
            ? throw new RpcException(new RpcStatus(StatusCode.Unavailable, "Starting."))
            : new ListSessionsResponse { NextPageToken = "next" });

        var answer = await ListAsync();

        Assert.Equal("next", answer.NextPageToken);
        Assert.Equal(4, host.Services.CountOf(List));
    }

    [Theory]
    [InlineData(StatusCode.NotFound)]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Aborted)]
    public async Task Any_other_status_is_an_answer(StatusCode code)
    {
        host.Services.On<ListSessionsRequest>(List, _ => throw new RpcException(new RpcStatus(code, "As it is.")));

        var error = await Assert.ThrowsAsync<RpcException>(ListAsync);

        Assert.Equal(code, error.StatusCode);
        Assert.Equal("As it is.", error.Status.Detail);
        Assert.Equal(1, host.Services.CountOf(List));
    }

    [Fact]
    public async Task What_stays_unavailable_ends_so_after_the_retries_with_what_the_service_said()
    {
        host.Services.On<ListSessionsRequest>(
            List, _ => throw GrpcErrors.Unavailable("The database is away.", TimeSpan.FromSeconds(3)));

        var error = await Assert.ThrowsAsync<RpcException>(ListAsync);

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("The database is away.", error.Status.Detail);
        Assert.Equal(3, error.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.Seconds);
        Assert.Equal(1 + new QueryOptions().Retries, host.Services.CountOf(List));
    }

    [Fact]
    public async Task Violations_reach_the_caller_with_every_field()
    {
        host.Services.On<ListSessionsRequest>(List, _ =>
        {
            var violations = new Violations();
            violations.Add("page_size", "Give 1 to 1000.");
            violations.Add("page_token", "Not a token.");
            violations.ThrowIfAny();
            return new ListSessionsResponse();
        });

        var error = await Assert.ThrowsAsync<RpcException>(ListAsync);

        Assert.Equal(
            ["page_size", "page_token"],
            error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task The_callers_deadline_is_the_deadline_behind()
    {
        var deadline = DateTime.UtcNow.AddSeconds(17);

        await host.Client.ListSessionsAsync(
            new ListSessionsRequest { SiteId = "shop" }, QueryHost.As(FakeServices.PlatformKey).WithDeadline(deadline));

        Assert.Equal(deadline, Assert.Single(host.Services.Calls).Deadline, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_call_without_a_deadline_gets_the_default_one()
    {
        var headers = new Metadata { { "authorization", $"Bearer {FakeServices.PlatformKey}" } };

        await host.Client.ListSessionsAsync(new ListSessionsRequest { SiteId = "shop" }, headers);

        Assert.Equal(
            DateTime.UtcNow + new QueryOptions().DefaultDeadline,
            Assert.Single(host.Services.Calls).Deadline,
            TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_caller_that_leaves_ends_the_call_behind()
    {
        var arrived = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        host.Services.On<ListSessionsRequest>(List, async (_, context) =>
        {
            arrived.SetResult();
            using var registration = context.CancellationToken.Register(ended.SetResult);
            await ended.Task;
            return new ListSessionsResponse();
        });
        using var leaving = new CancellationTokenSource();
        var call = host.Client.ListSessionsAsync(
            new ListSessionsRequest { SiteId = "shop" }, QueryHost.As(FakeServices.PlatformKey, leaving.Token));
        await arrived.Task;

        await leaving.CancelAsync();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<RpcException>(async () => await call);
    }

    [Fact]
    public async Task A_refused_platform_key_is_not_the_callers_fault()
    {
        host.Services.On<ListSessionsRequest>(
            List, _ => throw new RpcException(new RpcStatus(StatusCode.Unauthenticated, "Not known.")));

        var error = await Assert.ThrowsAsync<RpcException>(ListAsync);

        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    private async Task<ListSessionsResponse> ListAsync() => await host.Client.ListSessionsAsync(
        new ListSessionsRequest { SiteId = "shop" }, QueryHost.As(FakeServices.PlatformKey));
}

public sealed class HedgingTests : IAsyncLifetime
{
    private readonly QueryHost host = new QueryHost().With("HedgeAfter", "00:00:00.1");
    private readonly ConcurrentBag<TaskCompletionSource> held = [];

    public Task InitializeAsync() => host.InitializeAsync();

    public async Task DisposeAsync()
    {
        foreach (var each in held)
            each.TrySetResult();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_slow_read_is_asked_a_second_time_and_the_first_answer_counts()
    {
        host.Services.On<ListSessionsRequest>("Sessions/ListSessions", async (_, _) =>
        {
            if (host.Services.CountOf("Sessions/ListSessions") == 1)
                await HoldAsync();
            return new ListSessionsResponse { NextPageToken = "second" };
        });

        var answer = await host.Client.ListSessionsAsync(
            new ListSessionsRequest { SiteId = "shop" }, QueryHost.As(FakeServices.PlatformKey));

        Assert.Equal("second", answer.NextPageToken);
        Assert.Equal(2, host.Services.CountOf("Sessions/ListSessions"));
    }

    [Fact]
    public async Task A_slow_definition_is_not_asked_twice()
    {
        host.Services.On<DefineFunnelRequest>("Funnels/DefineFunnel", async (_, context) =>
        {
            // Well over the time after which a read would be asked again.
            await Task.Delay(TimeSpan.FromMilliseconds(500), context.CancellationToken);
            return new DefineFunnelResponse();
        });

        await host.Client.DefineFunnelAsync(
            new DefineFunnelRequest { SiteId = "shop" }, QueryHost.As(FakeServices.PlatformKey));

        Assert.Equal(1, host.Services.CountOf("Funnels/DefineFunnel"));
    }

    private Task HoldAsync()
    {
        var hold = new TaskCompletionSource();
        held.Add(hold);
        return hold.Task;
    }
}
