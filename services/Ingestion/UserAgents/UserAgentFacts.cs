using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>What a user agent tells. Shared by all events that carry it, so it must not change.</summary>
/// <param name="Device">Type, system and browser, as far as they are known; null: nothing is.</param>
/// <param name="IsCrawler">Whether it is on the list of crawlers.</param>
internal sealed record UserAgentFacts(Device? Device, bool IsCrawler)
{
    /// <summary>Of a user agent that no rule knows.</summary>
    public static UserAgentFacts None { get; } = new(null, false);
}
