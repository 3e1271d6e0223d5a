using Grpc.Core;
using Polly;
using Polly.CircuitBreaker;
using Polly.Hedging;
using Polly.Retry;

namespace SessionPlatform.Query.Backends;

/// <summary>
/// What surrounds the calls to another service. Only UNAVAILABLE says that trying again may help; every other status
/// is an answer.
/// </summary>
internal sealed class Pipelines
{
    public Pipelines(QueryOptions options, TimeProvider time, Action<int>? onRetry = null, Action? onOpened = null)
    {
        // One breaker for both: they speak to the same service.
        var breaker = Builder(time).AddCircuitBreaker(BreakerOf(options, onOpened)).Build();
        Writes = AddRetry(Builder(time), options, onRetry).AddPipeline(breaker).Build();
        Reads = AddRetry(Builder(time), options, onRetry).AddHedging(HedgingOf(options)).AddPipeline(breaker).Build();
    }

    /// <summary>Retry, and a second request where the first one is slow.</summary>
    public ResiliencePipeline<object> Reads { get; }

    /// <summary>Retry alone: for calls that may be repeated but are not doubled without need.</summary>
    public ResiliencePipeline<object> Writes { get; }

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
        // By time only: what failed is for the retry, which pauses first.
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
