using System.Collections.Frozen;

namespace SessionPlatform.Rules;

/// <summary>Tells which referrers are sources of a visit to one site.</summary>
/// <param name="siteHosts">
/// The site's domains and its ignored referrers. Like all hosts here they are in lower case, without <c>www.</c>.
/// </param>
public sealed class Referrers(IEnumerable<string> siteHosts)
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> siteHosts =
        siteHosts.ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// Whether a referrer is external: present, and neither the event's own host, one of the site's hosts, nor a
    /// subdomain of any of them.
    /// </summary>
    /// <param name="referrerHost">The referrer's host; empty when there is no referrer.</param>
    /// <param name="ownHost">The host of the event's own page; empty when unknown.</param>
    public bool IsExternal(string referrerHost, string ownHost) =>
        referrerHost.Length > 0 && !IsSameOrSubdomain(referrerHost, ownHost) && !IsOfSite(referrerHost);

    /// <summary>Whether a host is another one or a subdomain of it; false when that one is empty.</summary>
    public static bool IsSameOrSubdomain(string host, string parent) =>
        parent.Length > 0
        && host.EndsWith(parent, StringComparison.Ordinal)
        && (host.Length == parent.Length || host[host.Length - parent.Length - 1] == '.');

    // Looks the host up, then each of its parents, so that the cost does not depend on how many hosts are listed.
    private bool IsOfSite(ReadOnlySpan<char> host)
    {
        while (!siteHosts.Contains(host))
        {
            var dot = host.IndexOf('.');
            if (dot < 0)
                return false;
            host = host[(dot + 1)..];
        }

        return true;
    }
}
