using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>A parsed user agent. All events with the user agent share it, so it must not be modified.</summary>
/// <param name="Device">Type, system and browser, as far as they are known; null when none is.</param>
/// <param name="IsCrawler">Whether the user agent is on the list of crawlers.</param>
internal sealed record UserAgentFacts(Device? Device, bool IsCrawler)
{
    /// <summary>The result for a user agent that no rule matches.</summary>
    public static UserAgentFacts None { get; } = new(null, false);
}
