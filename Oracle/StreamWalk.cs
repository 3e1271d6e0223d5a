using Reason = SessionPlatform.Contracts.Sessions.V1.Session.Types.BoundaryReason;

namespace SessionPlatform.Oracle;

/// <summary>Where the sessions of one stream start.</summary>
internal static class StreamWalk
{
    /// <summary>The stream in stretches, one for each session.</summary>
    /// <param name="stream">Its events in order, at least one, none twice.</param>
    public static IReadOnlyList<Stretch> Walk(IEnumerable<OracleEvent> stream, OracleTimeline timeline)
    {
        var stretches = new List<Stretch>();
        foreach (var e in stream)
        {
            var reason = stretches.Count == 0 ? Reason.FirstEvent
                : timeline.Authoritative ? null
                : WhyNotIn(stretches[^1], e);
            if (reason is { } start)
            {
                if (stretches.Count > 0)
                    stretches[^1].NextStart = start;
                stretches.Add(new Stretch(timeline.At(e.OccurredAt), start));
            }

            stretches[^1].Take(e);
        }

        return stretches;
    }

    /// <summary>Why the event does not continue the session, by the session's rules; null when it does.</summary>
    private static Reason? WhyNotIn(Stretch session, OracleEvent e)
    {
        var rules = session.Rules;
        var last = session.Events[^1];
        if (rules.ExplicitBoundaries && (session.HasSessionEnd || e.Sent.Kind == "session_start"))
            return Reason.Explicit;
        if (e.OccurredAt - last.OccurredAt > SessionOracle.Micros(rules.Timeout))
            return Reason.Inactivity;
        if (e.OccurredAt - session.Events[0].OccurredAt > SessionOracle.Micros(rules.MaxDuration))
            return Reason.MaxDuration;
        if (rules.Midnight && rules.LocalDate(e.OccurredAt) != rules.LocalDate(last.OccurredAt))
            return Reason.Midnight;
        if (rules.SessionKeyBoundaries && Differ(session.SessionKey, e.Sent.SessionKey))
            return Reason.SessionKey;
        if (e.Utm is { } utm && rules.Campaign switch
            {
                OracleCampaignPolicy.BothPresent => session.Entry?.Utm is { } entry && utm.DiffersFrom(entry),
                // Before the first page view an absent entry is not settled, and nothing can differ from it.
                OracleCampaignPolicy.Any => session.Entry?.Utm is { } entry
                    ? utm.DiffersFrom(entry)
                    : session.HasPageView,
                _ => false,
            })
            return Reason.Campaign;
        if (rules.ReferrerBoundaries && session.Entry is { } from
            && Differ(rules.ExternalReferrer(from), rules.ExternalReferrer(e)))
            return Reason.Referrer;
        return null;
    }

    private static bool Differ(string one, string other) => one.Length > 0 && other.Length > 0 && one != other;
}

/// <summary>The events of one session so far, and what the rules ask of them for each further one.</summary>
internal sealed class Stretch(OracleRules rules, Reason start)
{
    /// <summary>In force when it began.</summary>
    public OracleRules Rules => rules;

    public Reason Start => start;

    /// <summary>Why the next one of the stream started; null for the last one.</summary>
    public Reason? NextStart { get; set; }

    public List<OracleEvent> Events { get; } = [];

    /// <summary>The first one seen in it; empty: none yet.</summary>
    public string SessionKey { get; private set; } = "";
    public bool HasSessionEnd { get; private set; }
    public bool HasPageView { get; private set; }

    /// <summary>The earliest event, to the first page view inclusive, with a UTM or an external referrer.</summary>
    public OracleEvent? Entry { get; private set; }

    public void Take(OracleEvent e)
    {
        Events.Add(e);
        if (!HasPageView && Entry is null && (e.Utm is not null || rules.ExternalReferrer(e).Length > 0))
            Entry = e;
        if (SessionKey.Length == 0)
            SessionKey = e.Sent.SessionKey;
        HasSessionEnd |= e.Sent.Kind == "session_end";
        HasPageView |= e.IsPageView;
    }
}
