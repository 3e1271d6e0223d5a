namespace SessionPlatform.Ingestion.Steps;

/// <summary>The settled time of an event.</summary>
/// <param name="OccurredAt">The time, in microseconds since 1970.</param>
/// <param name="Clamped">Whether the event was too far ahead and got the time of receipt.</param>
/// <param name="TooOld">Whether the event exceeds the maximum age.</param>
internal readonly record struct SettledTime(long OccurredAt, bool Clamped, bool TooOld);
