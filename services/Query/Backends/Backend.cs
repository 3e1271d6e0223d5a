using Grpc.Core;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;

namespace SessionPlatform.Query.Backends;

/// <summary>
/// Another service. Every attempt of a call carries the platform key and the caller's deadline, goes to the next
/// replica, and ends with the caller.
/// </summary>
internal sealed partial class Backend<TClient>
    where TClient : ClientBase<TClient>
{
    private readonly TClient client;
    private readonly Pipelines pipelines;
    private readonly TimeSpan defaultDeadline;
    private readonly TimeProvider time;

    public Backend(
        TClient client, IOptions<QueryOptions> options, TimeProvider time, ILogger<Backend<TClient>> logger)
    {
        this.client = client;
        this.time = time;
        defaultDeadline = options.Value.DefaultDeadline;
        pipelines = new(
            options.Value,
            time,
            attempt => Log.Retrying(logger, attempt),
            () => Log.LeftAlone(logger, options.Value.BreakerPause));
    }

    /// <summary>A call that changes nothing: retried, and asked twice when slow.</summary>
    /// <exception cref="RpcException">What the service answered, or that it is away.</exception>
    public Task<TResponse> ReadAsync<TResponse>(
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call, ServerCallContext context)
        where TResponse : class =>
        RunAsync(pipelines.Reads, call, DeadlineOf(context), context.CancellationToken);

    /// <summary>A call that may be repeated but is not doubled without need.</summary>
    /// <exception cref="RpcException">What the service answered, or that it is away.</exception>
    public Task<TResponse> WriteAsync<TResponse>(
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call, ServerCallContext context)
        where TResponse : class =>
        RunAsync(pipelines.Writes, call, DeadlineOf(context), context.CancellationToken);

    /// <summary>As <see cref="WriteAsync"/>, with a limit of its own instead of a caller's deadline.</summary>
    /// <exception cref="RpcException">What the service answered, or that it is away.</exception>
    public Task<TResponse> CallAsync<TResponse>(
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call, TimeSpan limit, CancellationToken cancellation)
        where TResponse : class =>
        RunAsync(pipelines.Writes, call, time.GetUtcNow().UtcDateTime + limit, cancellation);

    private DateTime DeadlineOf(ServerCallContext context) =>
        context.Deadline == DateTime.MaxValue ? time.GetUtcNow().UtcDateTime + defaultDeadline : context.Deadline;

    private async Task<TResponse> RunAsync<TResponse>(
        ResiliencePipeline<object> pipeline,
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call,
        DateTime deadline,
        CancellationToken cancellation)
        where TResponse : class
    {
        // The deadline also ends the pauses between attempts, which no call carries it to.
        using var limit = new CancellationTokenSource(Remaining(deadline), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await pipeline.ExecuteAsync(
                async attempt => await call(client, new CallOptions(deadline: deadline, cancellationToken: attempt)),
                either.Token);
        }
        catch (Exception exception) when (
            IsCancellation(exception) && limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw BackendErrors.TooLate();
        }
        catch (RpcException exception)
        {
            throw BackendErrors.ForCaller(exception);
        }
        catch (BrokenCircuitException)
        {
            throw BackendErrors.Away();
        }
    }

    private TimeSpan Remaining(DateTime deadline)
    {
        var remaining = deadline - time.GetUtcNow().UtcDateTime;
        return remaining > TimeSpan.Zero ? remaining : throw BackendErrors.TooLate();
    }

    private static bool IsCancellation(Exception exception) =>
        exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Unavailable; retry {Attempt}.")]
        public static partial void Retrying(ILogger logger, int attempt);

        [LoggerMessage(2, LogLevel.Warning, "Away; not asked again for {Pause}.")]
        public static partial void LeftAlone(ILogger logger, TimeSpan pause);
    }
}
