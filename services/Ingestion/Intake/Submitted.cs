using SessionPlatform.Ingestion.Buffers;

namespace SessionPlatform.Ingestion.Intake;

/// <summary>A request whose events are being published.</summary>
/// <param name="Sequence">Sequence number of the batch in its stream; 0 for a unary request.</param>
/// <param name="Outcomes">One outcome for each event, in order; final only if the submission succeeds.</param>
/// <param name="Accepted">Number of accepted events.</param>
/// <param name="Submission">Completes when all events are durable.</param>
internal sealed record Submitted(long Sequence, EventOutcome[] Outcomes, int Accepted, Submission Submission);
