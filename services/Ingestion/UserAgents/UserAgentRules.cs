using YamlDotNet.Serialization;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>The rules of uap-core in order; the first match of each list wins.</summary>
/// <param name="Browsers">Rules that give name and version of the browser.</param>
/// <param name="Systems">Rules that give name and version of the operating system.</param>
/// <param name="Devices">Rules that give the family of the device.</param>
internal sealed record UserAgentRules(
    IReadOnlyList<UserAgentRule> Browsers,
    IReadOnlyList<UserAgentRule> Systems,
    IReadOnlyList<UserAgentRule> Devices)
{
    private static readonly string[] BrowserSlots =
        ["family_replacement", "v1_replacement", "v2_replacement", "v3_replacement"];
    private static readonly string[] SystemSlots =
        ["os_replacement", "os_v1_replacement", "os_v2_replacement", "os_v3_replacement", "os_v4_replacement"];
    private static readonly string[] DeviceSlots = ["device_replacement"];

    /// <summary>The rules of all three lists.</summary>
    public IEnumerable<UserAgentRule> All => Browsers.Concat(Systems).Concat(Devices);

    /// <summary>Reads the package's <c>regexes.yaml</c>.</summary>
    /// <param name="yaml">The file.</param>
    /// <param name="limit">Timeout of one match.</param>
    public static UserAgentRules Read(TextReader yaml, TimeSpan limit)
    {
        var lists = new DeserializerBuilder().Build()
            .Deserialize<Dictionary<string, List<Dictionary<string, string>>>>(yaml);
        return new UserAgentRules(
            Of(lists["user_agent_parsers"], BrowserSlots, limit),
            Of(lists["os_parsers"], SystemSlots, limit),
            Of(lists["device_parsers"], DeviceSlots, limit));
    }

    private static UserAgentRule[] Of(List<Dictionary<string, string>> list, string[] slots, TimeSpan limit) =>
        [.. list.Select(rule => new UserAgentRule(
            new UserAgentPattern(rule["regex"], rule.GetValueOrDefault("regex_flag") == "i", limit),
            [.. slots.Select(rule.GetValueOrDefault)]))];
}
