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
    public TimeSpan EngagedDuration { get; init; } = TimeSpan.FromSeconds(10);
    public int EngagedPageViews { get; init; } = 2;

    /// <summary>The event's referrer host when it is external; empty otherwise.</summary>
    public string ExternalReferrer(OracleEvent e)
    {
        var own = e.Host.Length == 0 ? Domains : [.. Domains, e.Host];
        return own.Concat(IgnoredReferrers).Any(host => IsOrIsUnder(e.ReferrerHost, host)) ? "" : e.ReferrerHost;
    }

    private static bool IsOrIsUnder(string host, string parent) =>
        host == parent || host.EndsWith("." + parent, StringComparison.Ordinal);
}
