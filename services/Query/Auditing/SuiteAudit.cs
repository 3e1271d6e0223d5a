using Grpc.Core;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Query.Backends;
using SessionPlatform.Query.Waiting;
using Phase = SessionPlatform.Contracts.Jobs.V1.AuditProgress.Types.Phase;
using WaitPhase = SessionPlatform.Contracts.Query.V1.WaitResponse.Types.Phase;

namespace SessionPlatform.Query.Auditing;

/// <summary>
/// Audits the whole suite: each service verifies its own database, the Sessionizer first, since Funnel's database is
/// compared with it.
/// </summary>
internal sealed class SuiteAudit(
    CheckpointWait waiting, Backend<SessionizerJobs> sessionizer, Backend<FunnelJobs> funnel)
{
    /// <summary>Runs the audits one after the other and sends their messages, one summary of both last.</summary>
    /// <param name="request">The request; the services behind validate it.</param>
    /// <param name="sendAsync">Sends one message to the client.</param>
    /// <param name="context">The client's call, whose deadline and cancellation apply to the whole audit.</param>
    public async Task RunAsync(AuditRequest request, Func<AuditResponse, Task> sendAsync, ServerCallContext context)
    {
        var cancellationToken = context.CancellationToken;
        var sum = new AuditSummary();
        await WaitAsync(sendAsync, cancellationToken);
        await RelayAsync(
            sessionizer.StreamAsync((jobs, options) => jobs.Client.Audit(request, options), context, cancellationToken),
            sendAsync,
            sum);
        // Sessions that the Sessionizer repaired are published to Funnel and must be applied before the comparison.
        if (request.Repair)
            await WaitAsync(sendAsync, cancellationToken);
        await RelayAsync(
            funnel.StreamAsync((jobs, options) => jobs.Client.Audit(request, options), context, cancellationToken),
            sendAsync,
            sum);
        await sendAsync(new AuditResponse { Summary = sum });
    }

    private async Task WaitAsync(Func<AuditResponse, Task> sendAsync, CancellationToken cancellationToken)
    {
        Task ReportAsync(uint remaining) => sendAsync(new AuditResponse
        {
            Progress = new AuditProgress { Phase = Phase.Waiting, Total = remaining },
        });

        await ReportAsync(0);
        await waiting.RunAsync(
            closed: false,
            progress => progress.Phase == WaitPhase.Done ? Task.CompletedTask : ReportAsync(progress.Remaining),
            cancellationToken);
    }

    /// <summary>Sends every message but the summary, which is added to the sum.</summary>
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
