using SessionPlatform.Contracts.Jobs.V1;
using Phase = SessionPlatform.Contracts.Jobs.V1.AuditProgress.Types.Phase;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// Sends the messages of an audit and collects its summary. Each message is sent before the next one is created.
/// </summary>
internal sealed class AuditReport(Func<AuditResponse, Task> sendAsync)
{
    /// <summary>The summary so far.</summary>
    public AuditSummary Summary { get; } = new();

    public Task ProgressAsync(Phase phase, ulong done, ulong total) => sendAsync(new AuditResponse
    {
        Progress = new AuditProgress { Phase = phase, Done = done, Total = total },
    });

    /// <summary>Sends one difference; null stands for an absent value.</summary>
    public Task DifferenceAsync(
        AuditDifference.Types.Kind kind, string subject, string field, string? stored, string? recomputed)
    {
        Summary.Differences++;
        var difference = new AuditDifference { Kind = kind, Subject = subject, Field = field };
        if (stored is not null)
            difference.Stored = stored;
        if (recomputed is not null)
            difference.Recomputed = recomputed;
        return sendAsync(new AuditResponse { Difference = difference });
    }

    public Task EndAsync() => sendAsync(new AuditResponse { Summary = Summary });
}
