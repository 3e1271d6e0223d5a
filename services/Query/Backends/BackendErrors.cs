using Grpc.Core;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Query.Backends;

/// <summary>Creates the errors that a caller gets when a service behind Query fails.</summary>
internal static class BackendErrors
{
    private const string UnavailableMessage = "A service behind Query is unavailable; try again.";

    /// <summary>Returns the error of the service, or UNAVAILABLE where it says nothing to the caller.</summary>
    public static RpcException ForCaller(RpcException exception) =>
        RelayedErrors.ForCaller(exception, UnavailableMessage);

    /// <summary>Returns UNAVAILABLE with a hint to retry.</summary>
    public static RpcException Unavailable() => RelayedErrors.Away(UnavailableMessage);

    /// <summary>Returns DEADLINE_EXCEEDED.</summary>
    public static RpcException DeadlineExceeded() =>
        new(new Status(StatusCode.DeadlineExceeded, "No answer within the deadline; allow more time."));
}
