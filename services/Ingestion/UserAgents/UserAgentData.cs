namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>The data files that the build puts beside the service, if it could fetch them.</summary>
internal static class UserAgentData
{
    /// <summary>Folder beside the program.</summary>
    public const string Folder = "UserAgents";

    /// <summary>A cache over a parser with the data in a folder; one that knows nothing when there is none.</summary>
    /// <param name="folder">Relative to the program, or absolute.</param>
    /// <param name="capacity">Most user agents that are remembered.</param>
    public static UserAgentCache Load(string folder, int capacity)
    {
        var path = Path.Combine(AppContext.BaseDirectory, folder);
        var (rules, crawlers) = (
            Path.Combine(path, "regexes.yaml"), Path.Combine(path, "crawler-user-agents.json"));
        return File.Exists(rules) && File.Exists(crawlers)
            ? new UserAgentCache(Read(rules, crawlers).Parse, capacity)
            : UserAgentCache.Unknowing;
    }

    /// <summary>A parser with the data of these two files.</summary>
    public static UserAgentParser Read(string rules, string crawlers)
    {
        using var yaml = File.OpenText(rules);
        using var json = File.OpenRead(crawlers);
        return new UserAgentParser(
            UserAgentRules.Read(yaml, UserAgentParser.MatchLimit),
            CrawlerList.Read(json, UserAgentParser.MatchLimit));
    }
}
