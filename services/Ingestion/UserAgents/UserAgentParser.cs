using System.Text;
using System.Text.RegularExpressions;
using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// Parses user agents by the rules of uap-core and the list of crawlers. Its time is bounded for any input: by the
/// length of the text, by a timeout for one match, and by a timeout for all matches together.
/// </summary>
internal sealed class UserAgentParser(UserAgentRules rules, CrawlerList crawlers)
{
    /// <summary>Maximum length in bytes; a longer user agent is unknown. No accepted event has one.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Maximum length in bytes of a name or version, as in the contract; a longer one is dropped.</summary>
    private const int MaxDeviceBytes = 64;

    /// <summary>Timeout of one match: a thousand times what a slow one takes.</summary>
    public static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns the parsed user agent; <see cref="UserAgentFacts.None"/> on a timeout.</summary>
    public UserAgentFacts Parse(string userAgent)
    {
        if (userAgent.Length == 0 || Encoding.UTF8.GetByteCount(userAgent) > MaxBytes)
            return UserAgentFacts.None;
        try
        {
            return Read(UserAgentText.Of(userAgent));
        }
        catch (RegexMatchTimeoutException)
        {
            return UserAgentFacts.None;
        }
    }

    private UserAgentFacts Read(UserAgentText userAgent)
    {
        var isCrawler = crawlers.Matches(userAgent);
        var browser = First(rules.Browsers, userAgent);
        var system = First(rules.Systems, userAgent);
        var family = First(rules.Devices, userAgent).Name;
        var device = new Device
        {
            Type = isCrawler ? DeviceTypes.Bot : DeviceTypes.Of(family, system.Name, userAgent.Text),
            Os = system.Name,
            OsVersion = system.Version,
            Browser = browser.Name,
            BrowserVersion = browser.Version,
        };
        return new UserAgentFacts(device.CalculateSize() == 0 ? null : device, isCrawler);
    }

    private static (string Name, string Version) First(IReadOnlyList<UserAgentRule> list, UserAgentText userAgent)
    {
        foreach (var rule in list)
            if (rule.Apply(userAgent) is var (name, version))
                return (Bound(name), Bound(version));
        return ("", "");
    }

    private static string Bound(string text) => Encoding.UTF8.GetByteCount(text) <= MaxDeviceBytes ? text : "";
}
