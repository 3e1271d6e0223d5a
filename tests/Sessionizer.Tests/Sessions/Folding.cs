using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>Events of one session, folded.</summary>
internal static class Folding
{
    public static SessionRules DefaultRules { get; } = SessionRules.From(SiteRulesDefaults.Complete(new SiteRules()));

    public static Session Fold(params AcceptedEvent[] events) => Folded(DefaultRules, events).Session;

    // Each event is appended to the session as it was stored after the one before.
    public static SessionDocument Folded(SessionRules rules, params AcceptedEvent[] events)
    {
        var whole = new SessionAccumulator(rules);
        var stored = new SessionAccumulator(rules);
        foreach (var e in events)
        {
            whole.Append(e, EventKey.Of(e));
            stored.Append(e, EventKey.Of(e));
            stored = SessionAccumulator.FromState(stored.ToState(), rules);
        }

        Assert.Equal(whole.ToState(), stored.ToState());
        return whole.ToDocument();
    }
}
