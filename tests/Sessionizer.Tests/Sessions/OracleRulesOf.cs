using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Oracle;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>A site's rules in the oracle's words.</summary>
internal static class OracleRulesOf
{
    public static OracleRules Site(SiteRules rules) => new()
    {
        Timeout = rules.Timeout.ToTimeSpan(),
        MaxDuration = rules.MaxDuration.ToTimeSpan(),
        Campaign = rules.Campaign switch
        {
            SiteRules.Types.CampaignPolicy.Any => OracleCampaignPolicy.Any,
            SiteRules.Types.CampaignPolicy.Off => OracleCampaignPolicy.Off,
            _ => OracleCampaignPolicy.BothPresent,
        },
        ExplicitBoundaries = rules.ExplicitBoundaries,
        SessionKeyBoundaries = rules.SessionKeyBoundaries,
        ReferrerBoundaries = rules.ReferrerBoundaries,
        Domains = rules.Domains,
        IgnoredReferrers = rules.IgnoredReferrers.Hosts,
        EngagedDuration = rules.EngagedDuration.ToTimeSpan(),
        EngagedPageViews = rules.EngagedPageViews,
    };
}
