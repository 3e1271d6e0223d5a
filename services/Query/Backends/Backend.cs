using System.Runtime.CompilerServices;
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
            () => Log.LeftAlone(logger, options.Value.BreakerPause));
    }

    /// <summary>A call that changes nothing: retried, and asked twice when slow.</summary>
    /// <exception cref="RpcException">What the service answered, or that it is away.</exception>
    public Task<TResponse> ReadAsync<TResponse>(
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call, ServerCallContext context)
        where TResponse : class =>
        RunAsync(pipelines.Reads, call, DeadlineOf(context), context.CancellationToken);

    /// <summary>
    /// A call that changes nothing and may well take long: retried, but never asked twice at once, which would double
    /// the load of what is slow because it is much.
    /// </summary>
    /// <exception cref="RpcException">What the service answered, or that it is away.</exception>
    public Task<TResponse> ComputeAsync<TResponse>(
        Func<TClient, CallOptions, AsyncUnaryCall<TResponse>> call, ServerCallContext context)
        where TResponse : class =>
        RunAsync(pipelines.Writes, call, DeadlineOf(context), context.CancellationToken);

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

    /// <summary>
    /// A stream of answers: retried while the first one is not there, never in the middle. It takes as long as it
    /// takes, unless the caller gave a deadline.
    /// </summary>
    /// <exception cref="RpcException">What the service answered, or that it is away.</exception>
    public async IAsyncEnumerable<TResponse> StreamAsync<TResponse>(
        Func<TClient, CallOptions, AsyncServerStreamingCall<TResponse>> call,
        ServerCallContext context,
        [EnumeratorCancellation] CancellationToken cancellation)
        where TResponse : class
    {
        var options = new CallOptions(
            deadline: context.Deadline == DateTime.MaxValue ? null : context.Deadline, cancellationToken: cancellation);
        var (stream, hasMore) = await GuardAsync(async () => await pipelines.Writes.ExecuteAsync<Opened<TResponse>>(
            async attempt => await OpenAsync(call(client, options), attempt), cancellation));
        using (stream)
        {
            while (hasMore)
            {
                yield return stream.ResponseStream.Current;
                hasMore = await GuardAsync(() => stream.ResponseStream.MoveNext(cancellation));
            }
        }
    }

    private static async Task<Opened<TResponse>> OpenAsync<TResponse>(
        AsyncServerStreamingCall<TResponse> stream, CancellationToken cancellation)
    {
        try
        {
            return new Opened<TResponse>(stream, await stream.ResponseStream.MoveNext(cancellation));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
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
            return await GuardAsync(async () => await pipeline.ExecuteAsync(
                async attempt => await call(client, new CallOptions(deadline: deadline, cancellationToken: attempt)),
                either.Token));
        }
        catch (Exception exception) when (
            IsCancellation(exception) && limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw BackendErrors.TooLate();
        }
    }

    private TimeSpan Remaining(DateTime deadline)
    {
        var remaining = deadline - time.GetUtcNow().UtcDateTime;
        return remaining > TimeSpan.Zero ? remaining : throw BackendErrors.TooLate();
    }

    private static bool IsCancellation(Exception exception) =>
        exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled };

    /// <param name="HasMore">Whether there is a first answer.</param>
    private sealed record Opened<TResponse>(AsyncServerStreamingCall<TResponse> Stream, bool HasMore);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Unavailable; retry {Attempt}.")]
        public static partial void Retrying(ILogger logger, int attempt);

        [LoggerMessage(2, LogLevel.Warning, "Away; not asked again for {Pause}.")]
        public static partial void LeftAlone(ILogger logger, TimeSpan pause);
    }
}
