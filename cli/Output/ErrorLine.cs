using Google.Rpc;
using Grpc.Core;

namespace SessionPlatform.Cli.Output;

/// <summary>Describes an error for users: what happened and what to do.</summary>
internal static class ErrorLine
{
    /// <summary>Returns the text of the error, which may have several lines.</summary>
    public static string Of(Exception exception) => exception switch
    {
        CliException => exception.Message,
        RpcException call => OfCall(call),
        IOException or UnauthorizedAccessException => exception.Message,
        _ => $"sp failed, which is a defect of it: {exception.GetType().Name}: {exception.Message}",
    };

    /// <summary>
    /// Returns the field violations of a failed call as "field: description"; empty when it has none.
    /// </summary>
    public static IReadOnlyList<string> ViolationsOf(RpcException call)
    {
        // Details that are not a google.rpc.Status are ignored.
        var details = call.Trailers.GetRpcStatus(ignoreParseError: true)?.GetDetail<BadRequest>();
        return [.. details?.FieldViolations.Select(violation => $"{violation.Field}: {violation.Description}") ?? []];
    }

    private static string OfCall(RpcException call)
    {
        var detail = call.Status.Detail;
        return call.StatusCode switch
        {
            // With an exception behind the status, no server was reached.
            StatusCode.Unavailable when call.Status.DebugException is not null =>
                "No server answers. Start it with: ./run",
            StatusCode.Unavailable =>
                $"A service is away: {detail} If it does not come back, ./run --detach starts the suite again.",
            StatusCode.Unauthenticated =>
                $"{detail} Give a valid key by --key, or make one with: ./sp key create SITE --scope read",
            StatusCode.InvalidArgument when ViolationsOf(call) is { Count: > 0 } violations =>
                string.Join("; ", violations),
            StatusCode.DeadlineExceeded => "Not done in time. Try again, with a longer --timeout where there is one.",
            StatusCode.Internal or StatusCode.Unknown =>
                $"The server failed: {detail} Its log says more: see the output of ./run.",
            _ => detail.Length > 0 ? detail : $"The server answered {call.StatusCode}.",
        };
    }
}
