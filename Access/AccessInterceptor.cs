using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Options;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Access;

/// <summary>
/// Authenticates the caller by the metadata <c>authorization: Bearer KEY</c>, and authorizes the call by the rule of
/// the RPC in <see cref="ContractAccessRules"/>. The handler runs only when both succeed.
/// </summary>
public sealed class AccessInterceptor(IKeyDirectory keys, IOptions<PlatformOptions> options) : Interceptor
{
    private const string Scheme = "Bearer ";

    // Longer than any key of ours; bounds the work that a stranger can cause.
    private const int MaxSecretLength = 512;

    private static readonly string[] OpenServices = ["/grpc.health.v1.Health/", "/grpc.reflection."];

    // Compared as hashes: equal in length whatever was sent, so that the comparison takes the same time.
    private readonly byte[] platformKeyHash = Hash(options.Value.Key);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context, request as IMessage);
        return await continuation(request, context);
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context, null);
        return await continuation(requestStream, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context, request as IMessage);
        await continuation(request, responseStream, context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(context, null);
        await continuation(requestStream, responseStream, context);
    }

    private async ValueTask AdmitAsync(ServerCallContext context, IMessage? request)
    {
        if (OpenServices.Any(prefix => context.Method.StartsWith(prefix, StringComparison.Ordinal)))
            return;

        var rule = ContractAccessRules.Find(context.Method) ?? Deny;
        var secret = Secret(context.RequestHeaders);
        if (CryptographicOperations.FixedTimeEquals(Hash(secret), platformKeyHash))
        {
            context.SetCaller(Caller.Platform);
            rule(context, request);
            return;
        }

        context.SetCaller(await FindAsync(context.CancellationToken), RevalidateAsync);
        rule(context, request);

        async ValueTask RevalidateAsync(CancellationToken cancellationToken)
        {
            context.SetCaller(await FindAsync(cancellationToken));
            rule(context, request);
        }

        async ValueTask<Caller> FindAsync(CancellationToken cancellationToken) =>
            await keys.FindAsync(secret, cancellationToken)
            ?? throw GrpcErrors.Unauthenticated(
                "The key is not known or was revoked; send `authorization: Bearer KEY` with a valid one.");
    }

    private static void Deny(ServerCallContext context, IMessage? request) =>
        throw GrpcErrors.PermissionDenied($"No access rule covers {context.Method}; add one to ContractAccessRules.");

    private static string Secret(Metadata headers)
    {
        var value = headers.GetValue("authorization");
        if (value is null || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw GrpcErrors.Unauthenticated("No key was sent; send `authorization: Bearer KEY` in the metadata.");
        var secret = value[Scheme.Length..].Trim();
        return secret.Length is > 0 and <= MaxSecretLength
            ? secret
            : throw GrpcErrors.Unauthenticated("The key sent is no key; send `authorization: Bearer KEY`.");
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
