using Google.Protobuf;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Sets the id of the event and the key of its stream.</summary>
internal static class SettleIdentity
{
    public static void Apply(EventDraft draft, BatchContext context)
    {
        draft.EventId = EventIds.Settle(draft.Sent, draft.Ordinal, context.ReceivedAt);
        draft.Accepted.EventId = UnsafeByteOperations.UnsafeWrap(draft.EventId);
        draft.Accepted.StreamKey = IsAuthoritative(draft) ? draft.Sent.SessionKey : draft.Sent.VisitorId;
    }

    /// <summary>Whether the client's session key determines the session, and therefore the stream.</summary>
    public static bool IsAuthoritative(EventDraft draft) =>
        draft.Site?.Rules?.SessionKey == SiteRules.Types.SessionKeyPolicy.Authoritative;
}
