using System.Buffers;
using System.Text.Json;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// The patterns of known crawlers, over a thousand. Hardly any user agent contains a literal that one of them requires,
/// so all their literals are searched for at once first.
/// </summary>
internal sealed class CrawlerList
{
    private readonly IReadOnlyList<UserAgentPattern> withLiterals;
    private readonly IReadOnlyList<UserAgentPattern> withoutLiterals;
    private readonly SearchValues<string> anyLiteral;

    public CrawlerList(IReadOnlyList<UserAgentPattern> patterns)
    {
        Patterns = patterns;
        withLiterals = [.. patterns.Where(pattern => pattern.RequiredLiterals.Length > 0)];
        withoutLiterals = [.. patterns.Where(pattern => pattern.RequiredLiterals.Length == 0)];
        anyLiteral = SearchValues.Create(
            [.. withLiterals.SelectMany(pattern => pattern.RequiredLiterals).Distinct(StringComparer.Ordinal)],
            StringComparison.Ordinal);
    }

    /// <summary>All patterns.</summary>
    public IReadOnlyList<UserAgentPattern> Patterns { get; }

    /// <summary>Whether one of the patterns matches.</summary>
    public bool Matches(UserAgentText userAgent) =>
        Any(withoutLiterals, userAgent)
        || (userAgent.Lower.AsSpan().ContainsAny(anyLiteral) && Any(withLiterals, userAgent));

    /// <summary>Reads the package's <c>crawler-user-agents.json</c>.</summary>
    /// <param name="json">The file.</param>
    /// <param name="limit">Timeout of one match.</param>
    public static CrawlerList Read(Stream json, TimeSpan limit)
    {
        using var list = JsonDocument.Parse(json);
        return new CrawlerList([.. list.RootElement.EnumerateArray().Select(crawler =>
            new UserAgentPattern(crawler.GetProperty("pattern").GetString()!, ignoresCase: false, limit))]);
    }

    private static bool Any(IReadOnlyList<UserAgentPattern> patterns, UserAgentText userAgent)
    {
        foreach (var pattern in patterns)
            if (pattern.Match(userAgent) is not null)
                return true;
        return false;
    }
}
