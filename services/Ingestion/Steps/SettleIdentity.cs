using Google.Protobuf;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Which event this is, and of which stream.</summary>
internal static class SettleIdentity
{
    public static void Apply(EventDraft draft, BatchContext context)
    {
        draft.EventId = EventIds.Settle(draft.Sent, draft.Ordinal, context.ReceivedAt);
        draft.Accepted.EventId = UnsafeByteOperations.UnsafeWrap(draft.EventId);
        draft.Accepted.StreamKey = draft.Sent.VisitorId;
    }
}
