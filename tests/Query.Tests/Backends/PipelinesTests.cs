using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using SessionPlatform.Query.Backends;
using SessionPlatform.Query.Configuration;

namespace SessionPlatform.Query.Tests.Backends;

public sealed class PipelinesTests
{
    private readonly FakeTimeProvider time = new();
    private readonly QueryOptions options = new() { Retries = 0, BreakerMinimumCalls = 5 };
    private int calls;

    [Fact]
    public async Task A_service_that_is_away_is_left_alone_and_asked_again_after_the_pause()
    {
        var pipelines = new Pipelines(options, time);
        for (var call = 0; call < options.BreakerMinimumCalls; call++)
            await Assert.ThrowsAsync<RpcException>(() => RunAsync(pipelines, StatusCode.Unavailable));

        await Assert.ThrowsAsync<BrokenCircuitException>(() => RunAsync(pipelines, StatusCode.OK));
        Assert.Equal(options.BreakerMinimumCalls, calls);

        time.Advance(options.BreakerPause + TimeSpan.FromMilliseconds(1));
        await RunAsync(pipelines, StatusCode.OK);
        await RunAsync(pipelines, StatusCode.OK);
        Assert.Equal(options.BreakerMinimumCalls + 2, calls);
    }

    [Fact]
    public async Task A_service_that_is_still_away_after_the_pause_is_left_alone_again()
    {
        var pipelines = new Pipelines(options, time);
        for (var call = 0; call < options.BreakerMinimumCalls; call++)
            await Assert.ThrowsAsync<RpcException>(() => RunAsync(pipelines, StatusCode.Unavailable));
        time.Advance(options.BreakerPause + TimeSpan.FromMilliseconds(1));

        await Assert.ThrowsAsync<RpcException>(() => RunAsync(pipelines, StatusCode.Unavailable));

        await Assert.ThrowsAsync<BrokenCircuitException>(() => RunAsync(pipelines, StatusCode.OK));
    }

    [Fact]
    public async Task Wrong_requests_do_not_make_a_service_look_away()
    {
        var pipelines = new Pipelines(options, time);
        for (var call = 0; call < 3 * options.BreakerMinimumCalls; call++)
            await Assert.ThrowsAsync<RpcException>(() => RunAsync(pipelines, StatusCode.InvalidArgument));

        await RunAsync(pipelines, StatusCode.OK);
    }

    private async Task RunAsync(Pipelines pipelines, StatusCode answer) =>
        await pipelines.Retrying.ExecuteAsync<object>(_ =>
        {
            calls++;
            return answer == StatusCode.OK
                ? ValueTask.FromResult<object>("answer")
                : throw new RpcException(new Status(answer, ""));
        });
}
