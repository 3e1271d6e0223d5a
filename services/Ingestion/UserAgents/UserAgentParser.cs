using System.Text;
using System.Text.RegularExpressions;
using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// Reads user agents by uap-core's rules and the list of crawlers. Whatever it is given, it answers in bounded time:
/// texts over the contract's bound are not looked at, a match may take so long, and all of them together.
/// </summary>
internal sealed class UserAgentParser(UserAgentRules rules, CrawlerList crawlers)
{
    /// <summary>Longer ones are not looked at; no event that is accepted has one.</summary>
    public const int MostBytes = 1024;

    /// <summary>Texts of the contract's device; a longer one is no name and no version.</summary>
    private const int MostDeviceBytes = 64;

    /// <summary>How long one match may take: a thousand times what an unlucky one takes.</summary>
    public static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(50);

    /// <summary>What it tells; nothing when it takes too long to tell.</summary>
    public UserAgentFacts Parse(string userAgent)
    {
        if (userAgent.Length == 0 || Encoding.UTF8.GetByteCount(userAgent) > MostBytes)
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
        var isCrawler = crawlers.Holds(userAgent);
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

    private static string Bound(string text) => Encoding.UTF8.GetByteCount(text) <= MostDeviceBytes ? text : "";
}
