using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Grpc.Core.Status;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>The errors that services answer with. Each message says what the caller can do.</summary>
public static class GrpcErrors
{
    /// <summary>
    /// The trailer with the milliseconds that gRPC clients with a retry policy wait instead of their own backoff.
    /// </summary>
    public const string PushbackTrailer = "grpc-retry-pushback-ms";

    /// <summary>
    /// A dependency of the service is unavailable; the call may succeed after <paramref name="retryAfter"/>.
    /// </summary>
    public static RpcException Unavailable(string message, TimeSpan retryAfter) =>
        RetryLater(StatusCode.Unavailable, message, retryAfter);

    /// <summary>
    /// The service applies backpressure; the call may succeed after <paramref name="retryAfter"/>.
    /// </summary>
    public static RpcException ResourceExhausted(string message, TimeSpan retryAfter) =>
        RetryLater(StatusCode.ResourceExhausted, message, retryAfter);

    /// <summary>The request is larger than the service accepts; a retry does not help.</summary>
    public static RpcException ResourceExhausted(string message) => Plain(StatusCode.ResourceExhausted, message);

    /// <summary>The resource that the request names does not exist.</summary>
    public static RpcException NotFound(string message) => Plain(StatusCode.NotFound, message);

    /// <summary>The resource that the request would create exists already.</summary>
    public static RpcException AlreadyExists(string message) => Plain(StatusCode.AlreadyExists, message);

    /// <summary>A concurrent change won; the caller reads again and retries.</summary>
    public static RpcException Aborted(string message) => Plain(StatusCode.Aborted, message);

    /// <summary>The caller is authenticated but not authorized.</summary>
    public static RpcException PermissionDenied(string message) => Plain(StatusCode.PermissionDenied, message);

    /// <summary>The caller is not authenticated.</summary>
    public static RpcException Unauthenticated(string message) => Plain(StatusCode.Unauthenticated, message);

    /// <summary>One field is wrong; for several use <see cref="Violations"/>.</summary>
    public static RpcException InvalidArgument(string field, string description)
    {
        var violations = new Violations();
        violations.Add(field, description);
        return violations.ToException();
    }

    private static RpcException Plain(StatusCode code, string message) => new(new RpcStatus(code, message));

    private static RpcException RetryLater(StatusCode code, string message, TimeSpan retryAfter)
    {
        var status = new Google.Rpc.Status
        {
            Code = (int)code,
            Message = message,
            Details = { Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) }) },
        };
        var error = status.ToRpcException();
        var milliseconds = (long)Math.Ceiling(retryAfter.TotalMilliseconds);
        error.Trailers.Add(PushbackTrailer, milliseconds.ToString(CultureInfo.InvariantCulture));
        return error;
    }
}
