using System.Text.Json;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Tests.UserAgents;

/// <summary>The data that the build fetched, read once.</summary>
internal static class FetchedData
{
    private static readonly Lazy<UserAgentParser> Read = new(() => UserAgentData.Read(Rules, Crawlers));

    public static string Folder => Path.Combine(AppContext.BaseDirectory, UserAgentData.Folder);

    public static string Rules => Path.Combine(Folder, "regexes.yaml");

    public static string Crawlers => Path.Combine(Folder, "crawler-user-agents.json");

    /// <summary>Why a test with the data cannot run; null: it can, or must.</summary>
    public static string? WhyNot =>
        File.Exists(Rules) || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : "The build could not fetch the data of user agents; it needs npm.";

    public static UserAgentParser Parser => Read.Value;

    /// <summary>User agents that crawlers of the list sent, as the package itself has them.</summary>
    public static IReadOnlyList<string> CrawlerInstances()
    {
        using var file = File.OpenRead(Crawlers);
        using var list = JsonDocument.Parse(file);
        return [.. list.RootElement.EnumerateArray()
            .SelectMany(crawler => crawler.GetProperty("instances").EnumerateArray())
            .Select(instance => instance.GetString()!)];
    }
}
