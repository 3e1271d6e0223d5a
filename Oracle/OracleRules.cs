using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Oracle;

public enum OracleCampaignPolicy
{
    BothPresent,
    Any,
    Off,
}

/// <summary>A site's rules, with the defaults of session-rules.</summary>
public sealed record OracleRules
{
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(24);
    public OracleCampaignPolicy Campaign { get; init; } = OracleCampaignPolicy.BothPresent;
    public bool ExplicitBoundaries { get; init; } = true;
    public bool SessionKeyBoundaries { get; init; } = true;
    public bool ReferrerBoundaries { get; init; } = true;
    public IReadOnlyList<string> Domains { get; init; } = [];
    public IReadOnlyList<string> IgnoredReferrers { get; init; } = ["accounts.google.com", "paypal.com", "stripe.com"];
    public IReadOnlyCollection<string> KeptQueryKeys { get; init; } = [];
    public TimeSpan EngagedDuration { get; init; } = TimeSpan.FromSeconds(10);
    public int EngagedPageViews { get; init; } = 2;

    /// <summary>The client's session key is the session.</summary>
    public bool Authoritative { get; init; }

    /// <summary>Another local date starts a session.</summary>
    public bool Midnight { get; init; }
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;
    public IReadOnlyList<OracleGoal> Goals { get; init; } = [];

    /// <summary>The same rules in the contract's words.</summary>
    /// <param name="complete">With every default filled in: what is missing here has no value.</param>
    public static OracleRules From(SiteRules complete)
    {
        // The product's defaults are none of the oracle's business, and a switch that is absent reads as off.
        if (complete is not { Timeout: not null, MaxDuration: not null, EngagedDuration: not null }
            || complete is not { IgnoredReferrers: not null, EngagedPageViews: > 0, TimeZone.Length: > 0 }
            || complete is not
            {
                HasExplicitBoundaries: true, HasSessionKeyBoundaries: true, HasReferrerBoundaries: true,
            })
            throw new ArgumentException("The oracle needs rules with every default filled in.", nameof(complete));
        return new OracleRules
        {
            Timeout = complete.Timeout.ToTimeSpan(),
            MaxDuration = complete.MaxDuration.ToTimeSpan(),
            Campaign = complete.Campaign switch
            {
                SiteRules.Types.CampaignPolicy.BothPresent => OracleCampaignPolicy.BothPresent,
                SiteRules.Types.CampaignPolicy.Any => OracleCampaignPolicy.Any,
                SiteRules.Types.CampaignPolicy.Off => OracleCampaignPolicy.Off,
                _ => throw new ArgumentException("The oracle needs a campaign policy.", nameof(complete)),
            },
            ExplicitBoundaries = complete.ExplicitBoundaries,
            SessionKeyBoundaries = complete.SessionKeyBoundaries,
            ReferrerBoundaries = complete.ReferrerBoundaries,
            Domains = [.. complete.Domains],
            IgnoredReferrers = [.. complete.IgnoredReferrers.Hosts],
            KeptQueryKeys = [.. complete.KeptQueryKeys],
            EngagedDuration = complete.EngagedDuration.ToTimeSpan(),
            EngagedPageViews = complete.EngagedPageViews,
            Authoritative = complete.SessionKey == SiteRules.Types.SessionKeyPolicy.Authoritative,
            Midnight = complete.Midnight,
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById(complete.TimeZone),
            Goals = [.. complete.Goals.Select(goal => new OracleGoal(goal.Kind, goal.EventName, goal.Path, goal.Name))],
        };
    }

    /// <summary>Whether the event is a conversion on this site.</summary>
    public bool IsConversion(OracleEvent e) => e.IsConversion || Goals.Any(goal => goal.Matches(e));

    /// <summary>
    /// As which conversions it counts: what it is by its kind, then the goals it matches, none of the names twice.
    /// </summary>
    public IReadOnlyList<string> ConversionTypes(OracleEvent e)
    {
        var own = e.Sent.Name == "" ? e.Sent.Kind : e.Sent.Name;
        var goals = from goal in Goals where goal.Matches(e) select goal.Name;
        return [.. (e.IsConversion ? goals.Prepend(own) : goals).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The event's referrer host when it is external; empty otherwise.</summary>
    public string ExternalReferrer(OracleEvent e) =>
        IsOrIsUnder(e.ReferrerHost, e.Host)
        || Domains.Any(domain => IsOrIsUnder(e.ReferrerHost, domain))
        || IgnoredReferrers.Any(ignored => IsOrIsUnder(e.ReferrerHost, ignored))
            ? ""
            : e.ReferrerHost;

    /// <summary>The date on the site's calendar.</summary>
    internal DateOnly LocalDate(long micros) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(
        DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond), TimeZone).DateTime);

    private static bool IsOrIsUnder(string host, string parent) =>
        parent.Length > 0
        && host.EndsWith(parent, StringComparison.Ordinal)
        && (host.Length == parent.Length || host[^(parent.Length + 1)] == '.');
}
