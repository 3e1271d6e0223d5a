using System.Text;

namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>The parsed URL of a page.</summary>
internal sealed class PageUrl
{
    private readonly string text;
    private readonly Range path;
    private readonly Range query;

    private PageUrl(string text, string host, int pathStart)
    {
        this.text = text;
        Host = host;
        var fragment = text.IndexOf('#', pathStart);
        var end = fragment < 0 ? text.Length : fragment;
        var mark = text.IndexOf('?', pathStart, end - pathStart);
        path = pathStart..(mark < 0 ? end : mark);
        query = (mark < 0 ? end : mark + 1)..end;
    }

    /// <summary>The host, normalized by <see cref="HostName"/>; empty for a bare path.</summary>
    public string Host { get; }

    /// <summary>The query without its question mark, as written.</summary>
    public ReadOnlySpan<char> Query => text.AsSpan(query);

    /// <summary>
    /// Parses an absolute http or https URL, or a bare path that starts with "/"; null when it is neither.
    /// </summary>
    public static PageUrl? Read(string text)
    {
        if (text.StartsWith('/'))
            return new PageUrl(text, "", 0);
        var scheme = SchemeLength(text);
        if (scheme == 0)
            return null;
        var end = EndOfAuthority(text, scheme);
        var host = HostName.OfAuthority(text.AsSpan(scheme, end - scheme));
        return host is null ? null : new PageUrl(text, host, end);
    }

    /// <summary>Returns the host of a referrer of any scheme; empty when it has none.</summary>
    public static string HostOf(string referrer)
    {
        var mark = referrer.IndexOf("://", StringComparison.Ordinal);
        if (mark <= 0)
            return "";
        var start = mark + 3;
        return HostName.OfAuthority(referrer.AsSpan(start, EndOfAuthority(referrer, start) - start)) ?? "";
    }

    /// <summary>
    /// Returns the path: percent-decoded where valid, without a trailing slash except for "/", without a fragment.
    /// Query pairs with a kept key follow a question mark, as written and in the order of the URL.
    /// </summary>
    public string PathWith(IReadOnlyList<string> keptQueryKeys)
    {
        var decoded = UrlText.Decode(text.AsSpan(path));
        var trimmed = decoded.AsSpan().TrimEnd('/');
        var plain = trimmed.Length == decoded.Length && decoded.Length > 0 ? decoded
            : trimmed.IsEmpty ? "/"
            : trimmed.ToString();
        return keptQueryKeys.Count == 0 || Query.IsEmpty ? plain : AppendKept(plain, keptQueryKeys);
    }

    private string AppendKept(string plain, IReadOnlyList<string> keptQueryKeys)
    {
        StringBuilder? kept = null;
        var pairs = new QueryPairs(Query);
        while (pairs.Next())
            for (var index = 0; index < keptQueryKeys.Count; index++)
                if (pairs.KeyIs(keptQueryKeys[index]))
                {
                    kept = kept is null ? new StringBuilder(plain).Append('?') : kept.Append('&');
                    kept.Append(pairs.Pair);
                    break;
                }
        return kept?.ToString() ?? plain;
    }

    private static int SchemeLength(string text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
        : text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
        : 0;

    private static int EndOfAuthority(string text, int start)
    {
        var length = text.AsSpan(start).IndexOfAny('/', '?', '#');
        return length < 0 ? text.Length : start + length;
    }
}
