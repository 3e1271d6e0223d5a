using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>
/// Sets the device, from the client's own fields and its user agent, and whether the event is a bot's. Events of bots
/// are accepted like others.
/// </summary>
internal static class RecogniseUserAgent
{
    /// <summary>The user agent is a known crawler's.</summary>
    public const string UserAgent = "USER_AGENT";

    /// <summary>The gateway knows the client, which sent no user agent although every browser does.</summary>
    public const string NoUserAgent = "NO_USER_AGENT";

    public static void Apply(EventDraft draft, BatchContext context)
    {
        var (sent, accepted) = (draft.Sent, draft.Accepted);
        if (context.Client is { UserAgent.Length: > 0 } client && sent.Device is not { UserAgent.Length: > 0 })
            (sent.Device ??= new Device()).UserAgent = client.UserAgent;
        var userAgent = sent.Device?.UserAgent ?? "";
        var facts = userAgent.Length > 0 ? context.UserAgents.GetOrParse(userAgent) : UserAgentFacts.None;
        accepted.SettledDevice = Settle(sent.Device, facts.Device);
        if (facts.IsCrawler)
            accepted.Bot = UserAgent;
        else if (context.Client is { Ip.Length: > 0 } && string.IsNullOrWhiteSpace(userAgent))
            accepted.Bot = NoUserAgent;
    }

    // The client's fields take precedence. A parsed version is used only when the client gives no name or the same one.
    // Where the client adds nothing, which is nearly always, the shared message of the facts is returned.
    private static Device? Settle(Device? given, Device? read)
    {
        if (given is null || AddsNothing(given, read))
            return read;
        return new Device
        {
            Type = Either(given.Type, read?.Type),
            Os = Either(given.Os, read?.Os),
            OsVersion = Either(given.OsVersion, IsSameIn(given.Os, read?.Os) ? read?.OsVersion : ""),
            Browser = Either(given.Browser, read?.Browser),
            BrowserVersion = Either(
                given.BrowserVersion, IsSameIn(given.Browser, read?.Browser) ? read?.BrowserVersion : ""),
        };
    }

    private static bool AddsNothing(Device given, Device? read) =>
        IsNothingNew(given.Type, read?.Type)
        && IsNothingNew(given.Os, read?.Os)
        && IsNothingNew(given.OsVersion, read?.OsVersion)
        && IsNothingNew(given.Browser, read?.Browser)
        && IsNothingNew(given.BrowserVersion, read?.BrowserVersion);

    private static bool IsNothingNew(string given, string? read) =>
        given.Length == 0 || string.Equals(given, read, StringComparison.Ordinal);

    private static bool IsSameIn(string given, string? read) =>
        given.Length == 0 || string.Equals(given, read, StringComparison.OrdinalIgnoreCase);

    private static string Either(string given, string? read) => given.Length > 0 ? given : read ?? "";
}
