using Grpc.Core;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Query.Backends;

/// <summary>What the caller is told about a service behind: its own words where it had any.</summary>
internal static class BackendErrors
{
    private const string PushbackTrailer = "grpc-retry-pushback-ms";

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The error as it was, with its details; or, where it says nothing to the caller, one that does.
    /// </summary>
    public static RpcException ForCaller(RpcException error) => error switch
    {
        // No server answered: the text is about sockets and addresses of ours.
        { StatusCode: StatusCode.Unavailable, Status.DebugException: not null } => Away(),
        // It refuses Query's own key, which says nothing about the caller's.
        { StatusCode: StatusCode.Unauthenticated } => new RpcException(new Status(
            StatusCode.Internal, "A service behind refuses the platform key: give all services the same Platform:Key.")),
        _ => new RpcException(error.Status, TrailersOf(error)),
    };

    public static RpcException Away() =>
        GrpcErrors.Unavailable("A service behind Query is away; try again.", TryAgainAfter);

    public static RpcException TooLate() =>
        new(new Status(StatusCode.DeadlineExceeded, "No answer within the deadline; allow more time."));

    // Only what is meant for callers; the rest are headers of the other connection.
    private static Metadata TrailersOf(RpcException error)
    {
        var trailers = new Metadata();
        foreach (var entry in error.Trailers)
        {
            if (entry.Key is StatusDetails.Trailer or PushbackTrailer)
                trailers.Add(entry);
        }

        return trailers;
    }
}
