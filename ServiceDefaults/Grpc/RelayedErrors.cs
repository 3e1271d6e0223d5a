using Grpc.Core;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>
/// What a caller is told when a service behind the one it asked fails: its own words where it had any.
/// </summary>
public static class RelayedErrors
{
    // google.rpc.Status, as every gRPC library with rich errors reads it.
    private const string DetailsTrailer = "grpc-status-details-bin";

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The error as it was, with its details; or, where it says nothing to the caller, one that does.
    /// </summary>
    /// <param name="error">What the call behind ended with.</param>
    /// <param name="away">For people: which service is away.</param>
    public static RpcException ForCaller(RpcException error, string away)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error switch
        {
            // No server answered: the text is about sockets and addresses of ours.
            { StatusCode: StatusCode.Unavailable, Status.DebugException: not null } => Away(away),
            // It refuses this service's own key, which says nothing about the caller's.
            { StatusCode: StatusCode.Unauthenticated } => new RpcException(new Status(
                StatusCode.Internal,
                "A service behind refuses the platform key: give all services the same Platform:Key.")),
            _ => new RpcException(error.Status, TrailersOf(error)),
        };
    }

    /// <summary>UNAVAILABLE, to be tried again soon.</summary>
    public static RpcException Away(string away) => GrpcErrors.Unavailable(away, TryAgainAfter);

    // Only what is meant for callers; the rest are headers of the other connection.
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
