using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>Which referrers are sources of a visit.</summary>
internal static class Referrers
{
    /// <summary>
    /// Whether a referrer's host is none of: the event's own host, the site's domains, its ignored referrers, and the
    /// subdomains of each. An empty host is no referrer, and not external.
    /// </summary>
    public static bool IsExternal(string referrerHost, string ownHost, SiteRules rules) =>
        referrerHost.Length > 0
        && !HostName.IsOrIsUnder(referrerHost, ownHost)
        && !IsAnyOf(referrerHost, rules.Domains)
        && !(rules.IgnoredReferrers is { } ignored && IsAnyOf(referrerHost, ignored.Hosts));

    private static bool IsAnyOf(string host, RepeatedField<string> domains)
    {
        for (var index = 0; index < domains.Count; index++)
            if (HostName.IsOrIsUnder(host, domains[index]))
                return true;
        return false;
    }
}
