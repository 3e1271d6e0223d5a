using SessionPlatform.Messaging;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>The partition of an event's stream: all events of a stream take the same road.</summary>
internal static class Route
{
    public static void Apply(EventDraft draft, BatchContext context) =>
        draft.Partition = Partitioning.Of(draft.Sent.SiteId, draft.Accepted.StreamKey, context.Partitions);
}
