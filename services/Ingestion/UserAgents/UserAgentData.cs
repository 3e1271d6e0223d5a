namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>Loads the data files that the build puts beside the service if it can fetch them.</summary>
internal static class UserAgentData
{
    /// <summary>Default folder, relative to the program.</summary>
    public const string Folder = "UserAgents";

    /// <summary>
    /// Returns a cache over a parser with the data of a folder; <see cref="UserAgentCache.Empty"/> when there is none.
    /// </summary>
    /// <param name="folder">The folder, relative to the program or absolute.</param>
    /// <param name="capacity">Capacity of the cache.</param>
    public static UserAgentCache Load(string folder, int capacity)
    {
        var path = Path.Combine(AppContext.BaseDirectory, folder);
        var (rules, crawlers) = (
            Path.Combine(path, "regexes.yaml"), Path.Combine(path, "crawler-user-agents.json"));
        return File.Exists(rules) && File.Exists(crawlers)
            ? new UserAgentCache(Read(rules, crawlers).Parse, capacity)
            : UserAgentCache.Empty;
    }

    /// <summary>Returns a parser with the data of the two files.</summary>
    public static UserAgentParser Read(string rules, string crawlers)
    {
        using var yaml = File.OpenText(rules);
        using var json = File.OpenRead(crawlers);
        return new UserAgentParser(
            UserAgentRules.Read(yaml, UserAgentParser.MatchLimit),
            CrawlerList.Read(json, UserAgentParser.MatchLimit));
    }
}
