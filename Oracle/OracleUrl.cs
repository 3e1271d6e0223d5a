using System.Text;

namespace SessionPlatform.Oracle;

/// <summary>The parts of a URL the rules speak of; a bare path has no host.</summary>
public sealed record OracleUrl(string Host, string RawPath, IReadOnlyList<string> Pairs)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static OracleUrl Parse(string url)
    {
        var rest = url.Split('#')[0];
        var query = rest.Split('?', 2) is [_, var after] ? after : "";
        rest = rest.Split('?')[0];
        var host = "";
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            var authority = rest[(scheme + 3)..].Split('/')[0];
            rest = rest[(scheme + 3 + authority.Length)..];
            host = HostOf(authority);
        }

        return new OracleUrl(host, rest, query.Split('&', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Percent-decoded where valid, no trailing slash but for "/", only the query keys to keep.</summary>
    public string Path(IReadOnlyCollection<string> keptQueryKeys)
    {
        var path = Decode(RawPath).TrimEnd('/');
        var kept = Pairs.Where(pair => keptQueryKeys.Contains(Decode(pair.Split('=')[0]))).ToList();
        return (path.Length == 0 ? "/" : path) + (kept.Count == 0 ? "" : "?" + string.Join('&', kept));
    }

    /// <summary>The first value of a query key; empty when there is none.</summary>
    public string Query(string key) => Pairs
        .Select(pair => pair.Split('=', 2))
        .Where(pair => Decode(pair[0]) == key && pair.Length == 2)
        .Select(pair => Decode(pair[1].Replace('+', ' ')))
        .FirstOrDefault("");

    private static string HostOf(string authority)
    {
        var host = authority[(authority.LastIndexOf('@') + 1)..].ToLowerInvariant();
        var port = host.LastIndexOf(':');
        if (port > host.LastIndexOf(']'))
            host = host[..port];
        return host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host;
    }

    /// <summary>Decodes each escaped character that is valid UTF-8 and no control character.</summary>
    private static string Decode(string text)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var (character, length) = text[at] == '%' ? Escaped(text, at) : (text[at].ToString(), 1);
            result.Append(character);
            at += length;
        }

        return result.ToString();
    }

    private static (string Character, int Length) Escaped(string text, int at)
    {
        for (var bytes = 1; bytes <= 4 && at + bytes * 3 <= text.Length; bytes++)
        {
            if (text[at + bytes * 3 - 3] != '%')
                break;
            try
            {
                var hex = text.Substring(at, bytes * 3).Replace("%", "", StringComparison.Ordinal);
                var character = StrictUtf8.GetString(Convert.FromHexString(hex));
                if (!character.Any(char.IsControl))
                    return (character, bytes * 3);
            }
            catch (Exception failure) when (failure is FormatException or ArgumentException)
            {
                // Not hexadecimal, or not yet a whole character: a longer run may be.
            }
        }

        return ("%", 1);
    }
}
