using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests.Expected;

/// <summary>
/// The events that a log's lines stand for, read in the plainest way: by docs/decisions/0010, sharing nothing with the
/// command line.
/// </summary>
public static partial class LogReader
{
    private static readonly string[] AssetsInOurLogs =
        [".gif", ".jpg", ".jpeg", ".xbm", ".mpg", ".wav", ".png", ".svg", ".css", ".js", ".ico"];

    public static IEnumerable<OracleEvent> Read(string file, string site)
    {
        var seen = new Dictionary<string, int>();
        foreach (var line in File.ReadLines(file))
        {
            if (Line().Match(line) is not { Success: true } match || !IsPage(match))
                continue;
            seen[line] = seen.GetValueOrDefault(line) + 1;
            var pageView = EventOf(match, site, IdOf(line, seen[line]));
            yield return OracleEvent.FromSent(pageView, receivedAt: long.MaxValue / 2);
        }
    }

    private static bool IsPage(Match line)
    {
        var path = line.Groups["url"].Value.Split('?')[0];
        return line.Groups["method"].Value == "GET"
            && line.Groups["status"].Value[0] == '2'
            && !AssetsInOurLogs.Any(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
    }

    private static Event EventOf(Match line, string site, string id)
    {
        var agent = line.Groups["agent"].Value is "-" ? "" : line.Groups["agent"].Value;
        var visitor = agent.Length == 0 ? line.Groups["host"].Value : $"{line.Groups["host"].Value} {agent}";
        return new Event
        {
            EventId = id,
            SiteId = site,
            VisitorId = visitor.Length <= 128
                ? visitor
                : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(visitor))),
            Kind = "pageview",
            ClientTime = Timestamp.FromDateTimeOffset(DateTimeOffset.ParseExact(
                line.Groups["time"].Value, "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture)),
            Url = line.Groups["url"].Value,
            Referrer = line.Groups["referrer"].Value is "-" ? "" : line.Groups["referrer"].Value,
        };
    }

    private static string IdOf(string line, int number)
    {
        byte[] content = [.. SHA256.HashData(Encoding.UTF8.GetBytes(line)), 0, 0, (byte)(number >> 8), (byte)number];
        return new Guid(OracleEvent.Uuid8(SHA256.HashData(content)), bigEndian: true).ToString();
    }

    [GeneratedRegex(
        """^(?<host>\S+) \S+ \S+ \[(?<time>[^]]+)\] "(?<method>\S+) (?<url>\S+)[^"]*" (?<status>\d{3}) \S+"""
        + """(?: "(?<referrer>[^"]*)" "(?<agent>[^"]*)")?$""")]
    private static partial Regex Line();
}
