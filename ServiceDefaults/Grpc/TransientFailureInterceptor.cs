using Grpc.Core;
using Grpc.Core.Interceptors;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>
/// Ends calls that fail because the database or the broker is unavailable for a moment with UNAVAILABLE, which callers
/// retry, instead of UNKNOWN, which means a bug of the service.
/// </summary>
public sealed class TransientFailureInterceptor : Interceptor
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception) when (IsTransient(exception))
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
        catch (Exception exception) when (IsTransient(exception))
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
        catch (Exception exception) when (IsTransient(exception))
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
        catch (Exception exception) when (IsTransient(exception))
        {
            throw Unavailable();
        }
    }

    // A status that the service chose itself stays.
    private static bool IsTransient(Exception exception) =>
        exception is not RpcException && TransientFailures.Covers(exception);

    private static RpcException Unavailable() =>
        GrpcErrors.Unavailable("The database or the broker is unavailable for a moment; try again.", RetryAfter);
}
