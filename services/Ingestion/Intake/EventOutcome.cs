using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Ingestion.Intake;

/// <summary>The outcome of one event.</summary>
/// <param name="EventId">The settled id, 16 bytes; null when the event could not be parsed.</param>
/// <param name="Violations">The violations; empty when the event was accepted.</param>
/// <param name="ClockClamped">Whether the event was accepted with its time set to the time of receipt.</param>
internal readonly record struct EventOutcome(
    byte[]? EventId, IReadOnlyList<Violation> Violations, bool ClockClamped)
{
    /// <summary>Whether the event was accepted; it is durable once its submission completes.</summary>
    public bool Accepted => Violations.Count == 0;
}
