using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Buffers;

namespace SessionPlatform.Ingestion.Intake;

/// <summary>What became of one event.</summary>
/// <param name="EventId">16 bytes; null when the event could not be read.</param>
/// <param name="Violations">Empty when it was accepted.</param>
/// <param name="ClockClamped">It was accepted, with its time set to the time of receipt.</param>
internal readonly record struct EventOutcome(
    byte[]? EventId, IReadOnlyList<Violation> Violations, bool ClockClamped)
{
    /// <summary>It is durable once its submission is complete.</summary>
    public bool Accepted => Violations.Count == 0;
}

/// <summary>A request whose events are on their way to the broker.</summary>
/// <param name="Sequence">Number of the batch in its stream; 0 in a request of its own.</param>
/// <param name="Outcomes">One for each event, in order; final only if the submission succeeds.</param>
/// <param name="Accepted">How many were accepted.</param>
/// <param name="Submission">Complete when all of it is durable.</param>
internal sealed record Submitted(long Sequence, EventOutcome[] Outcomes, int Accepted, Submission Submission);
