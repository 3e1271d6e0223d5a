using Grpc.Core;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Query.Backends;
using SessionPlatform.Query.Waiting;
using Phase = SessionPlatform.Contracts.Jobs.V1.AuditProgress.Types.Phase;
using WaitPhase = SessionPlatform.Contracts.Query.V1.WaitResponse.Types.Phase;

namespace SessionPlatform.Query.Auditing;

/// <summary>
/// The audit of the whole suite: each service proves its own database, the Sessionizer's first, since Funnel's is
/// measured by it.
/// </summary>
internal sealed class SuiteAudit(
    CheckpointWait waiting, Backend<SessionizerJobs> sessionizer, Backend<FunnelJobs> funnel)
{
    /// <param name="request">The services say what is wrong with it.</param>
    /// <param name="sendAsync">Gets every message, one summary last.</param>
    /// <param name="context">Of the caller, whose deadline and cancellation hold for all of it.</param>
    public async Task RunAsync(AuditRequest request, Func<AuditResponse, Task> sendAsync, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var sum = new AuditSummary();
        await WaitAsync(sendAsync, cancellation);
        await RelayAsync(
            sessionizer.StreamAsync((jobs, options) => jobs.Client.Audit(request, options), context, cancellation),
            sendAsync,
            sum);
        // What the Sessionizer mended is news to Funnel, and it must have arrived to be compared with.
        if (request.Repair)
            await WaitAsync(sendAsync, cancellation);
        await RelayAsync(
            funnel.StreamAsync((jobs, options) => jobs.Client.Audit(request, options), context, cancellation),
            sendAsync,
            sum);
        await sendAsync(new AuditResponse { Summary = sum });
    }

    private async Task WaitAsync(Func<AuditResponse, Task> sendAsync, CancellationToken cancellation)
    {
        Task ReportAsync(uint remaining) => sendAsync(new AuditResponse
        {
            Progress = new AuditProgress { Phase = Phase.Waiting, Total = remaining },
        });

        await ReportAsync(0);
        await waiting.RunAsync(
            closed: false,
            standing => standing.Phase == WaitPhase.Done ? Task.CompletedTask : ReportAsync(standing.Remaining),
            cancellation);
    }

    /// <summary>Passes on all but the summary, which is added to the sum.</summary>
    private static async Task RelayAsync(
        IAsyncEnumerable<AuditResponse> messages, Func<AuditResponse, Task> sendAsync, AuditSummary sum)
    {
        AuditSummary? summary = null;
        await foreach (var message in messages)
        {
            if (message.MessageCase == AuditResponse.MessageOneofCase.Summary)
                summary = message.Summary;
            else
                await sendAsync(message);
        }

        if (summary is null)
            throw new InvalidOperationException("An audit of a service behind ended without its summary.");
        sum.Events += summary.Events;
        sum.Sessions += summary.Sessions;
        sum.Documents += summary.Documents;
        sum.Aggregates += summary.Aggregates;
        sum.Differences += summary.Differences;
        sum.Repaired += summary.Repaired;
    }
}
