using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>
/// Parses a web server's log in the common format (<c>host ident user [time] "request" status size</c>) or the combined
/// one (and <c>"referrer" "user agent"</c>), and ignores anything that follows. Each page view becomes an event; the
/// visitor is the host, with the user agent when the line has one.
/// </summary>
internal sealed class LogLineParser(string siteId) : ILineParser
{
    private const int MaxVisitorIdBytes = 128;

    public ParsedLine Parse(byte[] line)
    {
        if (line.AsSpan().Contains((byte)0))
            return ParsedLine.Unreadable("holds a NUL character");
        var problem = TryRead(line.AsSpan().TrimEnd((byte)' '), out var fields);
        if (problem is not null)
            return ParsedLine.Unreadable(problem);
        return PageFilter.IsPage(fields!.Method, fields.Status, fields.Url)
            ? ParsedLine.Of(EventOf(fields))
            : ParsedLine.Skipped;
    }

    /// <summary>Returns the problem of the line; null when it has none.</summary>
    private static string? TryRead(ReadOnlySpan<byte> line, out LogFields? fields)
    {
        fields = null;
        var cursor = new LogCursor(line);
        if (!cursor.TryReadUntil(" "u8, out var host) || host is "" or "-")
            return "no host at its beginning";
        if (!cursor.TryReadUntil("["u8, out _) || !cursor.TryReadUntil("] "u8, out var timeText))
            return "no [time]";
        if (!TryReadTime(timeText, out var time))
            return $"'{timeText}' is not a time like 01/Jul/1995:00:00:01 -0400";
        if (!cursor.TryReadQuoted(out var request))
            return "no whole \"request\"";
        if (!int.TryParse(cursor.ReadWord(), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            return "no status";
        if (cursor.ReadWord() is var size && size != "-" && !ulong.TryParse(size, NumberStyles.None, null, out _))
            return "no size";
        var (referrer, userAgent) = ("", "");
        if (!cursor.AtEnd && (!cursor.TryReadQuoted(out referrer) || !cursor.TryReadQuoted(out userAgent)))
            return "no whole \"referrer\" and \"user agent\" behind the size";
        // Servers also log requests that are not HTTP, but never with a status of success.
        if (!TryReadRequest(request, out var method, out var url) && PageFilter.IsSuccess(status))
            return "the request is not METHOD URL PROTOCOL";
        fields = new LogFields(host, time, method, url, status, OrEmpty(referrer), OrEmpty(userAgent));
        return null;
    }

    private static bool TryReadTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    // "GET /" is HTTP/0.9; the URL may contain spaces that the client did not escape.
    private static bool TryReadRequest(string request, out string method, out string url)
    {
        var space = request.IndexOf(' ', StringComparison.Ordinal);
        (method, url) = space < 0 ? (request, "") : (request[..space], request[(space + 1)..].Trim());
        var protocol = url.LastIndexOf(" HTTP/", StringComparison.Ordinal);
        if (protocol >= 0)
            url = url[..protocol].TrimEnd();
        url = url.Replace(" ", "%20", StringComparison.Ordinal);
        // Requests by other methods are not page views, so their targets ("*", "host:443") are ignored.
        return method != "GET" ? space > 0 : url.StartsWith('/') || url.Contains("://", StringComparison.Ordinal);
    }

    private Event EventOf(LogFields fields)
    {
        var pageView = new Event
        {
            SiteId = siteId,
            VisitorId = VisitorOf(fields),
            Kind = "pageview",
            ClientTime = Timestamp.FromDateTimeOffset(fields.Time),
            Url = fields.Url,
            Referrer = fields.Referrer,
        };
        if (fields.UserAgent.Length > 0)
            pageView.Device = new Device { UserAgent = fields.UserAgent };
        return pageView;
    }

    private static string VisitorOf(LogFields fields)
    {
        var visitor = fields.UserAgent.Length == 0 ? fields.Host : $"{fields.Host} {fields.UserAgent}";
        var bytes = Encoding.UTF8.GetBytes(visitor);
        return bytes.Length <= MaxVisitorIdBytes ? visitor : Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private static string OrEmpty(string field) => field == "-" ? "" : field;
}
