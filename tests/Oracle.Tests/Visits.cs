using Google.Protobuf;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Oracle.Tests;

/// <summary>Accepted events of one visitor, and the sessions they are.</summary>
internal static class Visits
{
    public const long Second = 1_000_000;
    public const long Minute = 60 * Second;

    private static int lastId;

    public static AcceptedEvent PageView(
        double minute, string path = "/", string utm = "", string referrer = "", string key = "") =>
        Event(minute, "pageview", path, utm, referrer, key);

    /// <summary>Any event at a minute, with an id of its own.</summary>
    public static AcceptedEvent Event(
        double minute, string kind, string path = "", string utm = "", string referrer = "", string key = "") => new()
    {
        EventId = Id(Interlocked.Increment(ref lastId)),
        OccurredAt = (long)Math.Round(minute * Minute),
        StreamKey = "visitor",
        Path = path,
        Host = "shop.example",
        ReferrerHost = referrer,
        Utm = utm.Length > 0 ? new Utm { Source = utm } : null,
        Channel = utm.Length > 0 ? "Email" : referrer.Length > 0 ? "Referral" : "Direct",
        Event = new Event
        {
            SiteId = "shop",
            VisitorId = "visitor",
            Kind = kind,
            SessionKey = key,
            Referrer = referrer.Length > 0 ? $"https://{referrer}/from" : "",
        },
    };

    /// <summary>An event by its time in UTC.</summary>
    public static AcceptedEvent PageViewAt(string utc) => PageView(0).With(e => e.OccurredAt = Micros(utc));

    public static long Micros(string utc) =>
        (DateTimeOffset.Parse(utc + "Z", System.Globalization.CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch)
        .Ticks / TimeSpan.TicksPerMicrosecond;

    public static AcceptedEvent With(this AcceptedEvent e, Action<AcceptedEvent> change)
    {
        change(e);
        return e;
    }

    /// <summary>16 bytes that count in network byte order.</summary>
    public static ByteString Id(int number) =>
        ByteString.CopyFrom([.. new byte[12], .. BitConverter.GetBytes(number).Reverse()]);

    /// <summary>Once everything is over.</summary>
    public static IReadOnlyList<OracleSession> Sessions(params IEnumerable<AcceptedEvent> arrivals) =>
        Sessions(new OracleRules(), arrivals);

    public static IReadOnlyList<OracleSession> Sessions(
        OracleRules rules, params IEnumerable<AcceptedEvent> arrivals) =>
        SessionOracle.Sessions(arrivals.Select(OracleEvent.FromAccepted), rules);

    public static IReadOnlyList<OracleSession> Sessions(
        OracleTimeline timeline, params IEnumerable<AcceptedEvent> arrivals) =>
        SessionOracle.Sessions(arrivals.Select(OracleEvent.FromAccepted), timeline);

    /// <summary>Each session as its minutes and why it started, e.g. "0 5: FirstEvent".</summary>
    public static IEnumerable<string> Texts(IEnumerable<OracleSession> sessions) => sessions.Select(session =>
        string.Join(' ', session.Events.Select(e => (e.OccurredAt / Minute).ToString(
            System.Globalization.CultureInfo.InvariantCulture))) + ": " + session.StartReason);

    public static void AssertSessions(IEnumerable<OracleSession> sessions, params string[] expected) =>
        Assert.Equal(expected, Texts(sessions));

    public static Session Published(params IEnumerable<AcceptedEvent> events) =>
        Assert.Single(Sessions(events)).ToDocument().Session;
}
