namespace SessionPlatform.Ingestion.Steps;

/// <summary>One step of <see cref="IngestionSteps"/>.</summary>
/// <param name="Name">Its name, one or two words.</param>
/// <param name="Apply">Processes one event.</param>
/// <param name="Checks">Whether it also runs for an event with violations, to find further ones.</param>
internal sealed record IngestionStep(string Name, Action<EventDraft, BatchContext> Apply, bool Checks = false);
