using Google.Rpc;
using Grpc.Core;

namespace SessionPlatform.Cli.Output;

/// <summary>Says what went wrong and what to do, in one line.</summary>
internal static class ErrorLine
{
    /// <summary>What people are told; several lines in it are for the caller to join.</summary>
    public static string Of(Exception exception) => exception switch
    {
        CliException => exception.Message,
        RpcException call => OfCall(call),
        IOException or UnauthorizedAccessException => exception.Message,
        _ => $"sp failed, which is a defect of it: {exception.GetType().Name}: {exception.Message}",
    };

    /// <summary>What a call's details name as wrong, "field: what is wrong"; empty where there are none.</summary>
    public static IReadOnlyList<string> ViolationsOf(RpcException call)
    {
        // Details that are no google.rpc.Status are left out: the status line has to do.
        var details = call.Trailers.GetRpcStatus(ignoreParseError: true)?.GetDetail<BadRequest>();
        return [.. details?.FieldViolations.Select(violation => $"{violation.Field}: {violation.Description}") ?? []];
    }

    private static string OfCall(RpcException call)
    {
        var detail = call.Status.Detail;
        return call.StatusCode switch
        {
            // An exception below the status: no server was reached at all.
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
