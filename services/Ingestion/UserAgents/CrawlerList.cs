using System.Buffers;
using System.Text.Json;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// The patterns of known crawlers. Over a thousand, and nearly every user agent contains nothing that any of them
/// needs: all their literals are looked for at once.
/// </summary>
internal sealed class CrawlerList
{
    private readonly IReadOnlyList<UserAgentPattern> needy;
    private readonly IReadOnlyList<UserAgentPattern> others;
    private readonly SearchValues<string> needed;

    public CrawlerList(IReadOnlyList<UserAgentPattern> patterns)
    {
        Patterns = patterns;
        needy = [.. patterns.Where(pattern => pattern.Needed.Length > 0)];
        others = [.. patterns.Where(pattern => pattern.Needed.Length == 0)];
        needed = SearchValues.Create(
            [.. needy.SelectMany(pattern => pattern.Needed).Distinct(StringComparer.Ordinal)],
            StringComparison.Ordinal);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<UserAgentPattern> Patterns { get; }

    /// <summary>Whether one of them matches.</summary>
    public bool Holds(UserAgentText userAgent) =>
        Any(others, userAgent) || (userAgent.Lower.AsSpan().ContainsAny(needed) && Any(needy, userAgent));

    /// <summary>Reads the package's <c>crawler-user-agents.json</c>.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="limit">How long one match may take.</param>
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
