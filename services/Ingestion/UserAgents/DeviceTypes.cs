using System.Collections.Frozen;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// Maps the device families and operating systems that uap-core names to the device types of the contract.
/// </summary>
internal static class DeviceTypes
{
    public const string Desktop = "desktop";
    public const string Mobile = "mobile";
    public const string Tablet = "tablet";
    public const string Tv = "tv";
    public const string Bot = "bot";

    private const string Android = "Android";

    private static readonly FrozenDictionary<string, string> BySystem = new Dictionary<string, string>
    {
        ["Windows"] = Desktop, ["Mac OS X"] = Desktop, ["Mac OS"] = Desktop, ["Linux"] = Desktop, ["Ubuntu"] = Desktop,
        ["Fedora"] = Desktop, ["Debian"] = Desktop, ["Red Hat"] = Desktop, ["SUSE"] = Desktop, ["Gentoo"] = Desktop,
        ["Arch Linux"] = Desktop, ["CentOS"] = Desktop, ["Linux Mint"] = Desktop, ["Mageia"] = Desktop,
        ["Chrome OS"] = Desktop, ["FreeBSD"] = Desktop, ["OpenBSD"] = Desktop, ["NetBSD"] = Desktop,
        ["Solaris"] = Desktop,
        ["iOS"] = Mobile, ["Windows Phone"] = Mobile, ["Windows Mobile"] = Mobile, ["BlackBerry OS"] = Mobile,
        ["Symbian OS"] = Mobile, ["Symbian^3"] = Mobile, ["Nokia Series 40"] = Mobile,
        ["Nokia Series 30 Plus"] = Mobile,
        ["Bada"] = Mobile, ["KaiOS"] = Mobile, ["Firefox OS"] = Mobile, ["MeeGo"] = Mobile, ["Maemo"] = Mobile,
        ["webOS"] = Mobile, ["BREW"] = Mobile,
        ["BlackBerry Tablet OS"] = Tablet,
        ["tvOS"] = Tv, ["ATV OS X"] = Tv, ["GoogleTV"] = Tv, ["Android TV"] = Tv, ["Roku"] = Tv, ["Chromecast"] = Tv,
        ["Chromecast Android"] = Tv, ["Chromecast Fuchsia"] = Tv, ["Chromecast Linux"] = Tv,
        ["Chromecast SmartSpeaker"] = Tv, ["VIDAA"] = Tv, ["WebTV"] = Tv,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Parts of the names of device families that decide the type whatever the operating system is.
    private static readonly (string Part, string Type)[] ByDevice =
    [
        ("Spider", Bot), ("iPad", Tablet), ("iPhone", Mobile), ("iPod", Mobile), ("AppleTV", Tv), ("Apple TV", Tv),
        ("SmartTV", Tv), ("Smart TV", Tv), ("Smart-TV", Tv), ("BRAVIA", Tv), ("Bravia", Tv), ("Chromecast", Tv),
        ("Roku", Tv), ("Fire TV", Tv), ("HbbTV", Tv), ("Web0S", Tv), ("Kindle", Tablet), ("Generic Tablet", Tablet),
        ("Generic Smartphone", Mobile), ("Generic Feature Phone", Mobile),
    ];

    /// <summary>Returns the type; empty when it is unknown.</summary>
    /// <param name="device">Family of the device, or empty.</param>
    /// <param name="system">Name of the operating system, or empty.</param>
    /// <param name="userAgent">The user agent: Android devices with the screen of a phone contain "Mobile".</param>
    public static string Of(string device, string system, string userAgent)
    {
        foreach (var (part, type) in ByDevice)
            if (device.Contains(part, StringComparison.Ordinal))
                return type;
        // "SMART-TV", "GoogleTV", "AFTT Build": the spelling depends on the maker, and no phone contains any of them.
        if (IsTelevision(userAgent))
            return Tv;
        if (string.Equals(system, Android, StringComparison.Ordinal))
            return userAgent.Contains("Mobile", StringComparison.Ordinal) ? Mobile : Tablet;
        return BySystem.GetValueOrDefault(system, "");
    }

    private static bool IsTelevision(string userAgent) =>
        userAgent.Contains("SMART-TV", StringComparison.OrdinalIgnoreCase)
        || userAgent.Contains("SmartTV", StringComparison.OrdinalIgnoreCase)
        || userAgent.Contains("HbbTV", StringComparison.OrdinalIgnoreCase)
        || userAgent.Contains("GoogleTV", StringComparison.OrdinalIgnoreCase)
        || userAgent.Contains("Android TV", StringComparison.OrdinalIgnoreCase)
        || userAgent.Contains("BRAVIA", StringComparison.OrdinalIgnoreCase)
        || userAgent.Contains("; AFT", StringComparison.Ordinal);
}
