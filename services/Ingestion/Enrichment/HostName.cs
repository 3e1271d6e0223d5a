using System.Buffers;
using System.Globalization;
using System.Text;

namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>Normalizes and compares host names.</summary>
internal static class HostName
{
    private const int MaxLength = 253;
    private const string Www = "www.";
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };
    private static readonly SearchValues<char> Forbidden =
        SearchValues.Create(" \"#%/<>?@[\\]^`{|}\u007f" + string.Concat(Enumerable.Range(0, 32).Select(c => (char)c)));

    /// <summary>
    /// Returns the host of a URL's authority (<c>user@HOST:port</c>): lower case, international names as <c>xn--</c>,
    /// without <c>www.</c>, the final dot, and port. IPv6 addresses keep their brackets. Null when there is no valid
    /// host.
    /// </summary>
    public static string? OfAuthority(ReadOnlySpan<char> authority)
    {
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        if (authority.StartsWith('['))
            return OfBracketed(authority);
        var colon = authority.LastIndexOf(':');
        if (colon >= 0)
        {
            if (authority[(colon + 1)..].ContainsAnyExceptInRange('0', '9'))
                return null;
            authority = authority[..colon];
        }
        return Normalize(authority);
    }

    /// <summary>
    /// Whether a host equals another one or is a subdomain of it. Both must be normalized.
    /// </summary>
    public static bool IsOrIsUnder(string host, string domain) =>
        domain.Length > 0
        && host.EndsWith(domain, StringComparison.Ordinal)
        && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.');

    /// <summary>Returns a host in the form in which hosts are compared; null when it is invalid.</summary>
    public static string? Normalize(ReadOnlySpan<char> host)
    {
        if (host.EndsWith('.'))
            host = host[..^1];
        if (host.IsEmpty || host.Length > MaxLength || host.ContainsAny(Forbidden) && !host.Contains('%'))
            return null;
        var name = Ascii.IsValid(host) && !host.Contains('%') ? host.ToString().ToLowerInvariant() : ToAscii(host);
        return name is not null && name.Length > Www.Length && name.StartsWith(Www, StringComparison.Ordinal)
            ? name[Www.Length..]
            : name;
    }

    private static string? ToAscii(ReadOnlySpan<char> host)
    {
        try
        {
            var name = Idn.GetAscii(UrlText.Decode(host)).ToLowerInvariant();
            return name.AsSpan().ContainsAny(Forbidden) ? null : name;
        }
        catch (ArgumentException)
        {
            // Not a valid international domain name.
            return null;
        }
    }

    private static string? OfBracketed(ReadOnlySpan<char> authority)
    {
        var end = authority.IndexOf(']');
        if (end < 0 || !System.Net.IPAddress.TryParse(authority[1..end], out _))
            return null;
        var rest = authority[(end + 1)..];
        return rest.IsEmpty || (rest[0] == ':' && !rest[1..].ContainsAnyExceptInRange('0', '9'))
            ? authority[..(end + 1)].ToString().ToLowerInvariant()
            : null;
    }
}
