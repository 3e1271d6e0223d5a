using SessionPlatform.Messaging;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Sets the partition by the stream, so that all events of a stream are processed in order.</summary>
internal static class Route
{
    public static void Apply(EventDraft draft, BatchContext context) =>
        draft.Partition = Partitioning.Of(draft.Sent.SiteId, draft.Accepted.StreamKey, context.Partitions);
}
