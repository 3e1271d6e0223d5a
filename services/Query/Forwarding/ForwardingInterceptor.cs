using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace SessionPlatform.Query.Forwarding;

/// <summary>
/// Answers each unary call that <see cref="RoutingTable"/> covers by the service behind; other calls reach their
/// handler. It runs after the call is authorized.
/// </summary>
internal sealed class ForwardingInterceptor(RoutingTable routes) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        request is IMessage message && RoutingTable.Covers(typeof(TRequest))
            ? (TResponse)await routes.ForwardAsync(message, context)
            : await continuation(request, context);
}
