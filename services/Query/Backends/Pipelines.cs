using Grpc.Core;
using Polly;
using Polly.CircuitBreaker;
using Polly.Hedging;
using Polly.Retry;
using SessionPlatform.Query.Configuration;

namespace SessionPlatform.Query.Backends;

/// <summary>
/// Resilience pipelines for the calls to one service. Only UNAVAILABLE is handled, since it alone says that a retry may
/// succeed; every other status is an answer.
/// </summary>
internal sealed class Pipelines
{
    public Pipelines(QueryOptions options, TimeProvider time, Action<int>? onRetry = null, Action? onOpened = null)
    {
        // Both pipelines share the circuit breaker: they call the same service.
        var breaker = Builder(time).AddCircuitBreaker(BreakerOf(options, onOpened)).Build();
        Retrying = AddRetry(Builder(time), options, onRetry).AddPipeline(breaker).Build();
        Hedged = AddRetry(Builder(time), options, onRetry).AddHedging(HedgingOf(options)).AddPipeline(breaker).Build();
    }

    /// <summary>Retries, and hedges with a second request when the first one is slow.</summary>
    public ResiliencePipeline<object> Hedged { get; }

    /// <summary>Retries without hedging: for idempotent calls that must not run twice at once.</summary>
    public ResiliencePipeline<object> Retrying { get; }

    private static ResiliencePipelineBuilder<object> Builder(TimeProvider time) => new() { TimeProvider = time };

    private static ResiliencePipelineBuilder<object> AddRetry(
        ResiliencePipelineBuilder<object> builder, QueryOptions options, Action<int>? onRetry)
    {
        if (options.Retries == 0)
            return builder;
        return builder.AddRetry(new RetryStrategyOptions<object>
        {
            ShouldHandle = arguments => IsUnavailable(arguments.Outcome),
            MaxRetryAttempts = options.Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.RetryPause,
            MaxDelay = options.LongestRetryPause,
            OnRetry = arguments =>
            {
                onRetry?.Invoke(arguments.AttemptNumber + 1);
                return ValueTask.CompletedTask;
            },
        });
    }

    private static HedgingStrategyOptions<object> HedgingOf(QueryOptions options) => new()
    {
        // Hedged by time only: a failure is left to the retry, which waits first.
        ShouldHandle = static _ => PredicateResult.False(),
        Delay = options.HedgeAfter,
        MaxHedgedAttempts = 1,
    };

    private static CircuitBreakerStrategyOptions<object> BreakerOf(QueryOptions options, Action? onOpened) => new()
    {
        ShouldHandle = arguments => IsUnavailable(arguments.Outcome),
        FailureRatio = options.BreakerFailureRatio,
        MinimumThroughput = options.BreakerMinimumCalls,
        SamplingDuration = options.BreakerWindow,
        BreakDuration = options.BreakerPause,
        OnOpened = _ =>
        {
            onOpened?.Invoke();
            return ValueTask.CompletedTask;
        },
    };

    private static ValueTask<bool> IsUnavailable(Outcome<object> outcome) =>
        ValueTask.FromResult(outcome.Exception is RpcException { StatusCode: StatusCode.Unavailable });
}
