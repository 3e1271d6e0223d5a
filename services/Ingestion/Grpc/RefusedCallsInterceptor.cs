using Grpc.Core;
using Grpc.Core.Interceptors;
using SessionPlatform.Ingestion.Intake;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.Access;

namespace SessionPlatform.Ingestion.Grpc;

/// <summary>
/// Counts the events of calls that are refused for their key. It runs before <see cref="AccessInterceptor"/>, which
/// refuses them.
/// </summary>
internal sealed class RefusedCallsInterceptor(RefusedCalls refused) : Interceptor
{
    /// <inheritdoc />
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (RpcException exception) when (IsRefusal(exception))
        {
            if (request is RawBatch batch)
                refused.Add(SiteOf(exception, context), batch.EventCount);
            throw;
        }
    }

    /// <inheritdoc />
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
        catch (RpcException exception) when (IsRefusal(exception))
        {
            // A stream is refused before it is read, so the number of its events is unknown.
            refused.Add(SiteOf(exception, context), events: 1);
            throw;
        }
    }

    private static bool IsRefusal(RpcException exception) =>
        exception.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied;

    // An unauthenticated call has no caller.
    private static string SiteOf(RpcException exception, ServerCallContext context) =>
        exception.StatusCode == StatusCode.PermissionDenied ? context.GetCaller().Site?.SiteId ?? "" : "";
}
