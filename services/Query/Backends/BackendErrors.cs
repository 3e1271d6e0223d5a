using Grpc.Core;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Query.Backends;

/// <summary>What the caller is told about a service behind.</summary>
internal static class BackendErrors
{
    private const string AwayMessage = "A service behind Query is away; try again.";

    /// <summary>The service's own words, where it had any.</summary>
    public static RpcException ForCaller(RpcException error) => RelayedErrors.ForCaller(error, AwayMessage);

    public static RpcException Away() => RelayedErrors.Away(AwayMessage);

    public static RpcException TooLate() =>
        new(new Status(StatusCode.DeadlineExceeded, "No answer within the deadline; allow more time."));
}
