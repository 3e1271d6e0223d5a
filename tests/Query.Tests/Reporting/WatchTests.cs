using System.Collections.Concurrent;
using Grpc.Core;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Configuration;
using SessionPlatform.ServiceDefaults.Grpc;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Query.Tests.Reporting;

public sealed class WatchTests(WatchTests.LivelyHost lively) : IClassFixture<WatchTests.LivelyHost>, IAsyncLifetime
{
    private const string Method = "Metrics/GetActiveVisitors";
    private const int Interval = 50;

    private readonly QueryHost host = lively.Host;
    private int visitors;

    private WatchRequest Request { get; } = new()
    {
        Report = new GetReportRequest { ActiveVisitors = new() { SiteId = "shop" } },
    };

    public Task InitializeAsync()
    {
        host.Services.Reset();
        host.Services.On<GetActiveVisitorsRequest>(Method, _ => Answer(Volatile.Read(ref visitors)));
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        host.Services.Reset();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_whole_answer_comes_first_and_again_when_it_has_changed()
    {
        using var call = Watch();

        Assert.Equal(0u, await NextAsync(call));
        await AskedAsync(3);
        Volatile.Write(ref visitors, 7);
        Assert.Equal(7u, await NextAsync(call));
        await AskedAsync(3);
        Volatile.Write(ref visitors, 0);
        Assert.Equal(0u, await NextAsync(call));
    }

    [Fact]
    public async Task A_service_that_is_away_for_a_while_does_not_end_it()
    {
        using var call = Watch();
        Assert.Equal(0u, await NextAsync(call));
        var away = new RpcException(new Status(StatusCode.Unavailable, "Away."));
        var before = host.Services.CountOf(Method);
        // More often than the retries around one call.
        var failures = 3 * (1 + new QueryOptions().Retries);
        host.Services.On<GetActiveVisitorsRequest>(
            Method, _ => host.Services.CountOf(Method) - before <= failures ? throw away : Answer(9));

        Assert.Equal(9u, await NextAsync(call));
        Assert.True(host.Services.CountOf(Method) - before > failures);
    }

    [Fact]
    public async Task It_ends_when_the_first_answer_is_an_error_or_a_later_one_says_that_it_will_stay()
    {
        host.Services.On<GetActiveVisitorsRequest>(Method, _ => throw GrpcErrors.NotFound("There is no such site."));
        using (var refused = Watch())
        {
            var first = await Assert.ThrowsAsync<RpcException>(() => refused.ResponseStream.MoveNext());
            Assert.Equal(StatusCode.NotFound, first.StatusCode);
        }

        host.Services.On<GetActiveVisitorsRequest>(Method, _ => Answer(1));
        using var call = Watch();
        Assert.Equal(1u, await NextAsync(call));
        host.Services.On<GetActiveVisitorsRequest>(Method, _ => throw GrpcErrors.ResourceExhausted("Too much by now."));
        var later = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.ResourceExhausted, "Too much by now."), (later.StatusCode, later.Status.Detail));
    }

    [Fact]
    public async Task It_ends_with_the_call_and_so_does_what_it_asked()
    {
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isCancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (var call = Watch())
        {
            await NextAsync(call);
            host.Services.On<GetActiveVisitorsRequest>(Method, async (_, context) =>
            {
                isAsked.TrySetResult();
                using var registration = context.CancellationToken.Register(() => isCancelled.TrySetResult());
                await isCancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
                return Answer(1);
            });
            await isAsked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }

        await isCancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task It_ends_at_the_callers_deadline()
    {
        using var call = host.Client.Watch(
            Request, QueryHost.As(FakeServices.PlatformKey).WithDeadline(DateTime.UtcNow.AddSeconds(1)));
        Assert.Equal(0u, await NextAsync(call));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task A_report_that_takes_long_is_asked_for_less_often()
    {
        var begun = new ConcurrentQueue<long>();
        host.Services.On<GetActiveVisitorsRequest>(Method, async (_, context) =>
        {
            begun.Enqueue(TimeProvider.System.GetTimestamp());
            await Task.Delay(3 * Interval, context.CancellationToken);
            return Answer(begun.Count);
        });
        using var call = Watch();
        Assert.Equal(1u, await NextAsync(call));
        Assert.Equal(2u, await NextAsync(call));

        var times = begun.ToArray();
        // Ten times as long as it takes, besides the time that it takes.
        Assert.True(
            TimeProvider.System.GetElapsedTime(times[0], times[1]) >= TimeSpan.FromMilliseconds(30 * Interval));
    }

    [Fact]
    public async Task While_nobody_reads_nothing_is_asked_and_then_the_latest_comes_soon()
    {
        // Far more than the connection holds back.
        var path = new string('x', 2_000_000);
        var asked = 0;
        host.Services.On<GetActiveVisitorsRequest>(Method, _ => new GetActiveVisitorsResponse
        {
            Visitors = (uint)Interlocked.Increment(ref asked),
            Pages = { new ActivePage { Path = path } },
        });
        using var call = Watch();
        int before;
        do
        {
            before = Volatile.Read(ref asked);
            await Task.Delay(20 * Interval);
        }
        while (before == 0 || before != Volatile.Read(ref asked));

        host.Services.On<GetActiveVisitorsRequest>(Method, _ => Answer(1_000_000));
        var read = 1;
        while (await NextAsync(call) != 1_000_000)
            read++;
        Assert.InRange(read, 1, before + 1);
    }

    [Fact]
    public async Task A_key_that_is_revoked_watches_no_longer()
    {
        var key = host.Services.AddKey("shop", Scope.Read);
        using var call = host.Client.Watch(Request, QueryHost.As(key));
        Assert.Equal(0u, await NextAsync(call));
        Assert.True(host.Services.Keys.TryRemove(key, out _));

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    private static GetActiveVisitorsResponse Answer(int visitors) => new() { Visitors = (uint)visitors };

    private static async Task<uint> NextAsync(AsyncServerStreamingCall<WatchResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext());
        return call.ResponseStream.Current.Report.ActiveVisitors.Visitors;
    }

    private AsyncServerStreamingCall<WatchResponse> Watch() =>
        host.Client.Watch(Request, QueryHost.As(FakeServices.PlatformKey));

    /// <summary>Completes after the report was computed so many more times. Nothing may be sent meanwhile.</summary>
    private async Task AskedAsync(int times)
    {
        var answered = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Services.On<GetActiveVisitorsRequest>(Method, _ =>
        {
            if (Interlocked.Increment(ref answered) == times)
                enough.TrySetResult();
            return Answer(Volatile.Read(ref visitors));
        });
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public sealed class LivelyHost : IAsyncLifetime
    {
        public QueryHost Host { get; } = new QueryHost().With("WatchInterval", "00:00:00.05");

        public Task InitializeAsync() => Host.InitializeAsync();

        public Task DisposeAsync() => Host.DisposeAsync();
    }
}
