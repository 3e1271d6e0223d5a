using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// Reads user agents by uap-core's rules and the list of crawlers. Whatever it is given, it answers in bounded time:
/// texts over the contract's bound are not looked at, a match may take so long, and all of them together.
/// </summary>
internal sealed class UserAgentParser(UserAgentRules rules, IReadOnlyList<UserAgentPattern> crawlers)
{
    /// <summary>Longer ones are not looked at; no event that is accepted has one.</summary>
    public const int MostBytes = 1024;

    /// <summary>Texts of the contract's device; a longer one is no name and no version.</summary>
    private const int MostDeviceBytes = 64;

    /// <summary>How long one match may take: a thousand times what an unlucky one takes.</summary>
    public static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(50);

    // Only a text that makes many patterns slow, and none of them slow enough, comes near it.
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(1);

    /// <summary>What it tells; nothing when it takes too long to tell.</summary>
    public UserAgentFacts Parse(string userAgent)
    {
        if (userAgent.Length == 0 || Encoding.UTF8.GetByteCount(userAgent) > MostBytes)
            return UserAgentFacts.None;
        try
        {
            return Read(userAgent, Stopwatch.GetTimestamp());
        }
        catch (RegexMatchTimeoutException)
        {
            return UserAgentFacts.None;
        }
    }

    private UserAgentFacts Read(string userAgent, long started)
    {
        var isCrawler = IsCrawler(userAgent, started);
        var browser = First(rules.Browsers, userAgent, started);
        var system = First(rules.Systems, userAgent, started);
        var family = First(rules.Devices, userAgent, started).Name;
        var device = new Device
        {
            Type = isCrawler ? DeviceTypes.Bot : DeviceTypes.Of(family, system.Name, userAgent),
            Os = system.Name,
            OsVersion = system.Version,
            Browser = browser.Name,
            BrowserVersion = browser.Version,
        };
        return new UserAgentFacts(device.CalculateSize() == 0 ? null : device, isCrawler);
    }

    private bool IsCrawler(string userAgent, long started)
    {
        foreach (var crawler in crawlers)
        {
            if (crawler.Match(userAgent) is not null)
                return true;
            CheckTime(crawler.Text, userAgent, started);
        }

        return false;
    }

    private static (string Name, string Version) First(
        IReadOnlyList<UserAgentRule> list, string userAgent, long started)
    {
        foreach (var rule in list)
        {
            if (rule.Apply(userAgent) is var (name, version))
                return (Bound(name), Bound(version));
            CheckTime(rule.Pattern.Text, userAgent, started);
        }

        return ("", "");
    }

    private static string Bound(string text) => Encoding.UTF8.GetByteCount(text) <= MostDeviceBytes ? text : "";

    private static void CheckTime(string pattern, string userAgent, long started)
    {
        if (Stopwatch.GetElapsedTime(started) > WholeLimit)
            throw new RegexMatchTimeoutException(userAgent, pattern, WholeLimit);
    }
}
