using Grpc.Core;
using Grpc.Core.Interceptors;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>
/// What fails because the database or the broker is away for a moment ends as UNAVAILABLE, which callers repeat, and not
/// as UNKNOWN, which says that the service has a bug.
/// </summary>
public sealed class AwayInterceptor : Interceptor
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception error) when (IsAway(error))
        {
            throw Unavailable();
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception error) when (IsAway(error))
        {
            throw Unavailable();
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception error) when (IsAway(error))
        {
            throw Unavailable();
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception error) when (IsAway(error))
        {
            throw Unavailable();
        }
    }

    // A status that the service chose itself stands.
    private static bool IsAway(Exception error) => error is not RpcException && TransientFailures.Covers(error);

    private static RpcException Unavailable() =>
        GrpcErrors.Unavailable("The database or the broker is away for a moment; try again.", RetryAfter);
}
