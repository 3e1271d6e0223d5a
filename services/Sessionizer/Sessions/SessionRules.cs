using System.Collections.Frozen;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>The rules of a site in the form that the fold uses; immutable. Spans in microseconds.</summary>
internal sealed class SessionRules
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _neverExternal;
    private readonly LocalDates? _localDates;
    private readonly SessionGoal[] _goals;

    private SessionRules(SiteRules rules)
    {
        Timeout = Microseconds.From(rules.Timeout);
        MaxDuration = Microseconds.From(rules.MaxDuration);
        Campaign = rules.Campaign;
        ExplicitBoundaries = rules.ExplicitBoundaries;
        SessionKeyBoundaries = rules.SessionKeyBoundaries;
        ReferrerBoundaries = rules.ReferrerBoundaries;
        IsAuthoritative = rules.SessionKey == SiteRules.Types.SessionKeyPolicy.Authoritative;
        _localDates = rules.Midnight ? new LocalDates(TimeZoneInfo.FindSystemTimeZoneById(rules.TimeZone)) : null;
        _goals = [.. rules.Goals.Select(goal => new SessionGoal(goal))];
        EngagedDuration = Microseconds.From(rules.EngagedDuration);
        EngagedPageViews = rules.EngagedPageViews;
        _neverExternal = rules.Domains.Concat(rules.IgnoredReferrers.Hosts)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Longest pause within a session; exactly this long still continues.</summary>
    public long Timeout { get; }

    /// <summary>Longest time from a session's first event; exactly this long still continues.</summary>
    public long MaxDuration { get; }

    /// <summary>When another campaign starts a session.</summary>
    public SiteRules.Types.CampaignPolicy Campaign { get; }

    /// <summary>Whether session_start and session_end cut sessions.</summary>
    public bool ExplicitBoundaries { get; }

    /// <summary>Whether another client session key starts a session.</summary>
    public bool SessionKeyBoundaries { get; }

    /// <summary>Whether another external referrer starts a session.</summary>
    public bool ReferrerBoundaries { get; }

    /// <summary>The client's session key is the session: nothing but another stream starts one.</summary>
    public bool IsAuthoritative { get; }

    /// <summary>A session this long is engaged.</summary>
    public long EngagedDuration { get; }

    /// <summary>A session with this many page views is engaged.</summary>
    public int EngagedPageViews { get; }

    /// <summary>Takes over rules in which every field has a value; see <see cref="Sites.SiteRulesDefaults"/>.</summary>
    public static SessionRules From(SiteRules complete) => new(complete);

    /// <summary>Whether midnight cuts sessions and lies between two times; microseconds since 1970.</summary>
    public bool IsOtherDate(long last, long next) =>
        _localDates is not null && _localDates.DayOf(last) != _localDates.DayOf(next);

    /// <summary>Whether an event is a conversion: by its kind, or by a goal of the site.</summary>
    public bool IsConversion(EventKind kind, AcceptedEvent e)
    {
        if (kind is EventKind.Conversion or EventKind.Purchase)
            return true;
        foreach (var goal in _goals)
        {
            if (goal.IsMatchedBy(e))
                return true;
        }

        return false;
    }

    /// <summary>
    /// As which conversions an event counts: by its kind as its name, or as its kind when it has none; then as the
    /// goals that it matches, in their order; each name once. Empty: it is no conversion. The list may be shared.
    /// </summary>
    public string[] ConversionTypes(EventKind kind, AcceptedEvent e)
    {
        string[] types = kind is EventKind.Conversion or EventKind.Purchase
            ? [e.Event.Name.Length > 0 ? e.Event.Name : e.Event.Kind]
            : [];
        foreach (var goal in _goals)
        {
            if (goal.IsMatchedBy(e) && !types.Contains(goal.Name, StringComparer.Ordinal))
                types = types.Length == 0 ? goal.NameAlone : [.. types, goal.Name];
        }

        return types;
    }

    /// <summary>
    /// Whether a referrer is external: present, and neither the event's own host, one of the site's domains or an
    /// ignored referrer, nor a subdomain of any of them. Hosts in lower case without "www.".
    /// </summary>
    public bool IsExternal(string referrerHost, string ownHost) =>
        referrerHost.Length > 0
        && !(ownHost.Length > 0 && IsSameOrSubdomain(referrerHost, ownHost))
        && !IsListed(referrerHost);

    private static bool IsSameOrSubdomain(string host, string parent) =>
        host.EndsWith(parent, StringComparison.Ordinal)
        && (host.Length == parent.Length || host[host.Length - parent.Length - 1] == '.');

    // Looks the host up, then each of its parents, so that the cost does not depend on how many hosts are listed.
    private bool IsListed(ReadOnlySpan<char> host)
    {
        while (!_neverExternal.Contains(host))
        {
            var dot = host.IndexOf('.');
            if (dot < 0)
                return false;
            host = host[(dot + 1)..];
        }

        return true;
    }
}
