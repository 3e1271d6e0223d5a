using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Grpc;
using SessionPlatform.ServiceDefaults;
using SessionPlatform.Access;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Query.Reporting;

/// <summary>
/// Watches a report: asks for it again and again, and passes on each answer that differs from the last one passed on.
/// It asks only once that one is taken, so that a slow reader gets what holds then and nothing in between.
/// </summary>
internal sealed partial class ReportWatch(
    Reports reports, IOptions<QueryOptions> options, TimeProvider time, ILogger<ReportWatch> logger)
{
    // Of the time, so much goes into answering one watcher at most.
    private const int Share = 10;

    /// <summary>Until the call ends, or an answer says that the request is wrong.</summary>
    public async Task RunAsync(
        GetReportRequest request, Func<GetReportResponse, Task> writeAsync, ServerCallContext context)
    {
        var call = Activity.Current;
        var begun = time.GetTimestamp();
        var last = await reports.GetAsync(request, context);
        var took = time.GetElapsedTime(begun);
        await writeAsync(last);
        while (true)
        {
            await Task.Delay(PauseAfter(took), time, context.CancellationToken);
            using var part = Traces.BeginPart("Watch, once more", call);
            // A key may be revoked, or lose the site, while somebody watches.
            await context.LookAgainAsync();
            context.Authorise(Reports.SiteOf(request, "report"), Scope.Read);

            begun = time.GetTimestamp();
            var answer = await AskAsync(request, context);
            took = time.GetElapsedTime(begun);
            if (answer is null || answer.Equals(last))
                continue;
            last = answer;
            await writeAsync(answer);
        }
    }

    /// <summary>Null: the service behind is away for now.</summary>
    private async Task<GetReportResponse?> AskAsync(GetReportRequest request, ServerCallContext context)
    {
        try
        {
            return await reports.GetAsync(request, context);
        }
        catch (RpcException error) when (IsAway(error) && time.GetUtcNow().UtcDateTime < context.Deadline)
        {
            Log.Away(logger, error.StatusCode);
            return null;
        }
    }

    private static bool IsAway(RpcException error) =>
        error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded;

    private TimeSpan PauseAfter(TimeSpan took)
    {
        var share = took * Share;
        return share > options.Value.WatchInterval ? share : options.Value.WatchInterval;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information, "A watched report could not be computed ({Status}); it is tried again.")]
        public static partial void Away(ILogger logger, StatusCode status);
    }
}
