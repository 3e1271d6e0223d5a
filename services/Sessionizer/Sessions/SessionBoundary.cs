using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Where a session starts.</summary>
internal static class SessionBoundary
{
    /// <summary>The event goes on with the session: no reason holds.</summary>
    public const BoundaryReason Continues = BoundaryReason.Unspecified;

    /// <summary>
    /// Why the event, which comes next after the session's last one, starts a session of its own: the first reason that
    /// holds, in the order of the rules; or <see cref="Continues"/>. The session's rules decide, not the event's.
    /// </summary>
    public static BoundaryReason Reason(SessionAccumulator session, AcceptedEvent e, in EventKey key)
    {
        var rules = session.Rules;
        if (rules.IsAuthoritative)
            return Continues;
        if (rules.ExplicitBoundaries && (session.HasSessionEnd || IsSessionStart(e)))
            return BoundaryReason.Explicit;
        if (key.OccurredAt - session.Last.OccurredAt > rules.Timeout)
            return BoundaryReason.Inactivity;
        if (key.OccurredAt - session.First.OccurredAt > rules.MaxDuration)
            return BoundaryReason.MaxDuration;
        if (rules.IsOtherDate(session.Last.OccurredAt, key.OccurredAt))
            return BoundaryReason.Midnight;
        if (rules.SessionKeyBoundaries && IsOtherSessionKey(session, e))
            return BoundaryReason.SessionKey;
        if (IsOtherCampaign(session, e, rules.Campaign))
            return BoundaryReason.Campaign;
        if (rules.ReferrerBoundaries && IsOtherReferrer(session, e, rules))
            return BoundaryReason.Referrer;
        return Continues;
    }

    // The session holds an event already, or there would be none to ask about.
    private static bool IsSessionStart(AcceptedEvent e) =>
        EventKinds.Parse(e.Event.Kind) == EventKind.SessionStart;

    private static bool IsOtherSessionKey(SessionAccumulator session, AcceptedEvent e) =>
        e.Event.SessionKey.Length > 0
        && session.SessionKey.Length > 0
        && !string.Equals(e.Event.SessionKey, session.SessionKey, StringComparison.Ordinal);

    private static bool IsOtherCampaign(
        SessionAccumulator session, AcceptedEvent e, SiteRules.Types.CampaignPolicy policy)
    {
        if (policy == SiteRules.Types.CampaignPolicy.Off || Campaigns.Of(e) is not { } utm)
            return false;
        if (session.Entry.Utm is { } entry)
            return !Campaigns.Same(entry, utm);
        // Absent counts as different under ANY once it is settled; until then this event may become the entry.
        return policy == SiteRules.Types.CampaignPolicy.Any && session.IsEntrySettled;
    }

    private static bool IsOtherReferrer(SessionAccumulator session, AcceptedEvent e, SessionRules rules) =>
        session.Entry.ReferrerHost.Length > 0
        && e.ReferrerHost.Length > 0
        && !string.Equals(session.Entry.ReferrerHost, e.ReferrerHost, StringComparison.Ordinal)
        && rules.IsExternal(e.ReferrerHost, e.Host);
}
