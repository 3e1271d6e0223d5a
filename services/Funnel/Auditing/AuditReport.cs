using SessionPlatform.Contracts.Jobs.V1;
using Phase = SessionPlatform.Contracts.Jobs.V1.AuditProgress.Types.Phase;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>What an audit has to say, and the figures that end it. Sends each message before the next is made.</summary>
internal sealed class AuditReport(Func<AuditResponse, Task> sendAsync)
{
    /// <summary>The figures so far.</summary>
    public AuditSummary Summary { get; } = new();

    public Task ProgressAsync(Phase phase, ulong done, ulong total) => sendAsync(new AuditResponse
    {
        Progress = new AuditProgress { Phase = phase, Done = done, Total = total },
    });

    /// <summary>One value that is not what it should be; null: it is not there, or should not be.</summary>
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
