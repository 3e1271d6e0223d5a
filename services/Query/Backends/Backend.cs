using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using SessionPlatform.Query.Configuration;

namespace SessionPlatform.Query.Backends;

/// <summary>
/// Calls a service behind Query. Every attempt of a call carries the platform key and the caller's deadline, goes to
/// the next replica, and is cancelled with the caller's call.
/// </summary>
internal sealed partial class Backend<TClient>
    where TClient : class
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
            () => Log.CircuitOpened(logger, options.Value.BreakerPause));
    }

    /// <summary>
    /// Sends a read that is cheap enough to be hedged: retried, and sent a second time when it is slow.
    /// </summary>
    /// <exception cref="RpcException">The error of the service, or UNAVAILABLE when it cannot be reached.</exception>
    public Task<TResponse> CallHedgedAsync<TResponse>(
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call, ServerCallContext context)
        where TResponse : class =>
        RunAsync(pipelines.Hedged, call, DeadlineOf(context), context.CancellationToken);

    /// <summary>Sends an idempotent call that is retried but never runs twice at once.</summary>
    /// <exception cref="RpcException">The error of the service, or UNAVAILABLE when it cannot be reached.</exception>
    public Task<TResponse> CallAsync<TResponse>(
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call, ServerCallContext context)
        where TResponse : class =>
        RunAsync(pipelines.Retrying, call, DeadlineOf(context), context.CancellationToken);

    /// <summary>Sends an idempotent call with a timeout instead of a caller's deadline.</summary>
    /// <exception cref="RpcException">The error of the service, or UNAVAILABLE when it cannot be reached.</exception>
    public Task<TResponse> CallAsync<TResponse>(
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call,
        TimeSpan timeout,
        CancellationToken cancellationToken)
        where TResponse : class =>
        RunAsync(pipelines.Retrying, call, time.GetUtcNow().UtcDateTime + timeout, cancellationToken);

    /// <summary>
    /// Opens a server stream. It is retried until its first message arrives, never after that. Only the caller's
    /// deadline, if there is one, limits its duration.
    /// </summary>
    /// <exception cref="RpcException">The error of the service, or UNAVAILABLE when it cannot be reached.</exception>
    public async IAsyncEnumerable<TResponse> StreamAsync<TResponse>(
        Func<TClient, CallOptions, AsyncServerStreamingCall<TResponse>> call,
        ServerCallContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TResponse : class
    {
        var options = new CallOptions(
            deadline: context.Deadline == DateTime.MaxValue ? null : context.Deadline,
            cancellationToken: cancellationToken);
        var (stream, hasMore) = await GuardAsync(async () => await pipelines.Retrying.ExecuteAsync<Opened<TResponse>>(
            async attempt => await OpenAsync(call(client, options), attempt), cancellationToken));
        using (stream)
        {
            while (hasMore)
            {
                yield return stream.ResponseStream.Current;
                hasMore = await GuardAsync(() => stream.ResponseStream.MoveNext(cancellationToken));
            }
        }
    }

    private static async Task<Opened<TResponse>> OpenAsync<TResponse>(
        AsyncServerStreamingCall<TResponse> stream, CancellationToken cancellationToken)
    {
        try
        {
            return new Opened<TResponse>(stream, await stream.ResponseStream.MoveNext(cancellationToken));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> callAsync)
    {
        try
        {
            return await callAsync();
        }
        catch (RpcException exception)
        {
            throw BackendErrors.ForCaller(exception);
        }
        catch (BrokenCircuitException)
        {
            throw BackendErrors.Unavailable();
        }
    }

    private DateTime DeadlineOf(ServerCallContext context) =>
        context.Deadline == DateTime.MaxValue ? time.GetUtcNow().UtcDateTime + defaultDeadline : context.Deadline;

    private async Task<TResponse> RunAsync<TResponse>(
        ResiliencePipeline<object> pipeline,
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call,
        DateTime deadline,
        CancellationToken cancellationToken)
        where TResponse : class
    {
        // The deadline must also end the delays between attempts, during which no call carries it.
        using var timeout = new CancellationTokenSource(Remaining(deadline), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await GuardAsync(async () => await pipeline.ExecuteAsync(
                async attempt => await call(client, new CallOptions(deadline: deadline, cancellationToken: attempt)),
                either.Token));
        }
        catch (Exception exception) when (
            IsCancellation(exception) && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw BackendErrors.DeadlineExceeded();
        }
    }

    private TimeSpan Remaining(DateTime deadline)
    {
        var remaining = deadline - time.GetUtcNow().UtcDateTime;
        return remaining > TimeSpan.Zero ? remaining : throw BackendErrors.DeadlineExceeded();
    }

    private static bool IsCancellation(Exception exception) =>
        exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled };

    /// <param name="HasMore">Whether the stream has a first message.</param>
    private sealed record Opened<TResponse>(AsyncServerStreamingCall<TResponse> Stream, bool HasMore);

    private static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Information, "The service is unavailable; starting retry {Attempt}.")]
        public static partial void Retrying(ILogger logger, int attempt);

        [LoggerMessage(4102, LogLevel.Warning, "The circuit opened; no calls to the service for {BreakDuration}.")]
        public static partial void CircuitOpened(ILogger logger, TimeSpan breakDuration);
    }
}
