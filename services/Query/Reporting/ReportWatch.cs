using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Configuration;
using SessionPlatform.ServiceDefaults;
using SessionPlatform.Access;

namespace SessionPlatform.Query.Reporting;

/// <summary>
/// Watches a report: computes it periodically and sends each answer that differs from the last one sent. It computes
/// again only after the client has taken that answer, so that a slow client skips states instead of queueing them.
/// </summary>
internal sealed partial class ReportWatch(
    Reports reports, IOptions<QueryOptions> options, TimeProvider time, ILogger<ReportWatch> logger)
{
    // The pause is at least this many times the duration of the computation: a watcher takes at most a tenth of a core.
    private const int MinPauseFactor = 10;

    /// <summary>Runs until the call ends or the report fails with an error that a retry does not cure.</summary>
    public async Task RunAsync(
        GetReportRequest request, Func<GetReportResponse, Task> writeAsync, ServerCallContext context)
    {
        var call = Activity.Current;
        var start = time.GetTimestamp();
        var last = await reports.GetAsync(request, context);
        var duration = time.GetElapsedTime(start);
        await writeAsync(last);
        while (true)
        {
            await Task.Delay(PauseAfter(duration), time, context.CancellationToken);
            using var part = Traces.BeginPart("Watch, once more", call);
            // The key may be revoked, or lose the site, during the watch.
            await context.RevalidateAsync();

            start = time.GetTimestamp();
            var answer = await TryGetAsync(request, context);
            duration = time.GetElapsedTime(start);
            if (answer is null || answer.Equals(last))
                continue;
            last = answer;
            await writeAsync(answer);
        }
    }

    /// <summary>Returns the report; null while the service behind is unavailable.</summary>
    private async Task<GetReportResponse?> TryGetAsync(GetReportRequest request, ServerCallContext context)
    {
        try
        {
            return await reports.GetAsync(request, context);
        }
        catch (RpcException exception) when (IsTransient(exception) && time.GetUtcNow().UtcDateTime < context.Deadline)
        {
            Log.Failed(logger, exception.StatusCode);
            return null;
        }
    }

    private static bool IsTransient(RpcException exception) =>
        exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded;

    private TimeSpan PauseAfter(TimeSpan duration)
    {
        var pause = duration * MinPauseFactor;
        return pause > options.Value.WatchInterval ? pause : options.Value.WatchInterval;
    }

    private static partial class Log
    {
        [LoggerMessage(
            4301, LogLevel.Information,
            "A watched report could not be computed ({Status}); retrying at the next interval.")]
        public static partial void Failed(ILogger logger, StatusCode status);
    }
}
