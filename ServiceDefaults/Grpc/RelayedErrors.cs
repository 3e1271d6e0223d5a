using Grpc.Core;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>
/// Translates errors of a backend service into the errors that the façade returns to its caller.
/// </summary>
public static class RelayedErrors
{
    // google.rpc.Status, as every gRPC library with rich errors reads it.
    private const string DetailsTrailer = "grpc-status-details-bin";

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Returns the backend's error with its details, or an error that means more to the caller.
    /// </summary>
    /// <param name="error">The error of the call to the backend.</param>
    /// <param name="message">A message for people that names the unavailable service.</param>
    public static RpcException ForCaller(RpcException error, string message)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error switch
        {
            // No server answered; the text names internal sockets and addresses.
            { StatusCode: StatusCode.Unavailable, Status.DebugException: not null } => Away(message),
            // The backend refused the key of this service, not the caller's.
            { StatusCode: StatusCode.Unauthenticated } => new RpcException(new Status(
                StatusCode.Internal,
                "A backend service refuses the platform key: give all services the same Platform:Key.")),
            _ => new RpcException(error.Status, TrailersOf(error)),
        };
    }

    /// <summary>Returns UNAVAILABLE with a short retry delay.</summary>
    public static RpcException Away(string message) => GrpcErrors.Unavailable(message, TryAgainAfter);

    // Only the trailers that are meant for callers; the others belong to the connection to the backend.
    private static Metadata TrailersOf(RpcException error)
    {
        var trailers = new Metadata();
        foreach (var entry in error.Trailers)
        {
            if (entry.Key is DetailsTrailer or GrpcErrors.PushbackTrailer)
                trailers.Add(entry);
        }

        return trailers;
    }
}
