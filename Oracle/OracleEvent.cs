using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Oracle;

/// <summary>An event with its time and id settled. Times are microseconds since 1970-01-01 UTC.</summary>
public sealed record OracleEvent(
    string SiteId, string StreamKey, string VisitorId, byte[] Id, long OccurredAt, Event Sent, string Path, string Host,
    string ReferrerHost, OracleUtm? Utm)
{
    private const long ClampAfter = 5 * 60 * 1_000_000L;
    private const long CorrectFrom = 1_000_000L;

    /// <summary>What ingestion made of it; null when it comes from <see cref="FromSent"/>.</summary>
    public AcceptedEvent? Accepted { get; private init; }

    /// <summary>Its place in its stream, and among the events of its site.</summary>
    public (long OccurredAt, long Sequence, UInt128 Id) Place =>
        (OccurredAt, Sent.Sequence, BinaryPrimitives.ReadUInt128BigEndian(Id));

    public bool IsPageView => Sent.Kind == "pageview";

    /// <summary>By its kind alone: a goal of the site may make a conversion of any event.</summary>
    public bool IsConversion => Sent.Kind is "conversion" or "purchase";

    /// <summary>From what a client sent, by the rules of ingestion.</summary>
    /// <param name="sent">With an event id: a derived one is ingestion's own business.</param>
    /// <param name="receivedAt">When it was received, in microseconds.</param>
    /// <param name="sentAt">The client's clock at sending, in microseconds, if it was given.</param>
    /// <param name="rules">The site's, for its stream and the query keys of its path; absent: the defaults.</param>
    public static OracleEvent FromSent(Event sent, long receivedAt, long? sentAt = null, OracleRules? rules = null)
    {
        rules ??= new OracleRules();
        var url = OracleUrl.Parse(sent.Url);
        return new OracleEvent(
            sent.SiteId, rules.Authoritative ? sent.SessionKey : sent.VisitorId, sent.VisitorId,
            SettleId(sent.EventId), SettleTime(sent.ClientTime, receivedAt, sentAt), sent,
            sent.Url.Length == 0 ? "" : url.Path(rules.KeptQueryKeys), url.Host, OracleUrl.Parse(sent.Referrer).Host,
            OracleUtm.Of(sent.Utm) ?? OracleUtm.Of(
                url.Query("utm_source"), url.Query("utm_medium"), url.Query("utm_campaign"), url.Query("utm_term"),
                url.Query("utm_content")));
    }

    /// <summary>From an event that ingestion has settled and enriched; what it says is taken as it is.</summary>
    public static OracleEvent FromAccepted(AcceptedEvent accepted) => new(
        accepted.Event.SiteId, accepted.StreamKey, accepted.Event.VisitorId, accepted.EventId.ToByteArray(),
        accepted.OccurredAt, accepted.Event, accepted.Path, accepted.Host, accepted.ReferrerHost,
        OracleUtm.Of(accepted.Utm))
    {
        Accepted = accepted,
    };

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    public static long Micros(Timestamp time) => time.Seconds * 1_000_000 + time.Nanos / 1000;

    /// <summary>The first 16 bytes of a hash as a version-8 UUID.</summary>
    public static byte[] Uuid8(byte[] hash)
    {
        var id = hash[..16];
        id[6] = (byte)(0x80 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return id;
    }

    private static byte[] SettleId(string id) =>
        id.Length == 0 ? throw new ArgumentException("The oracle needs an event id.", nameof(id))
        : Guid.TryParseExact(id, "D", out var uuid) ? uuid.ToByteArray(bigEndian: true)
        : Uuid8(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    private static long SettleTime(Timestamp? clientTime, long receivedAt, long? sentAt)
    {
        if (clientTime is null)
            return receivedAt;
        var time = Micros(clientTime);
        if (sentAt is { } sent && Math.Abs(receivedAt - sent) >= CorrectFrom)
            time = receivedAt - (sent - time);
        return time > receivedAt + ClampAfter ? receivedAt : time;
    }

    internal (string Currency, decimal Amount)? Revenue => Sent.Revenue is not { } money ? null
        : (money.Currency.ToUpperInvariant(),
            decimal.Parse(money.Amount, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture));
}

/// <summary>Campaign parameters, trimmed; there is none unless source, medium or campaign is given.</summary>
public sealed record OracleUtm(string Source, string Medium, string Campaign, string Term, string Content)
{
    public static OracleUtm? Of(Utm? utm) =>
        utm is null ? null : Of(utm.Source, utm.Medium, utm.Campaign, utm.Term, utm.Content);

    public static OracleUtm? Of(string source, string medium, string campaign, string term, string content)
    {
        var utm = new OracleUtm(source.Trim(), medium.Trim(), campaign.Trim(), term.Trim(), content.Trim());
        return utm.Source.Length + utm.Medium.Length + utm.Campaign.Length == 0 ? null : utm;
    }

    /// <summary>Another source, medium or campaign, ignoring case.</summary>
    public bool DiffersFrom(OracleUtm other) =>
        !Source.Equals(other.Source, StringComparison.OrdinalIgnoreCase)
        || !Medium.Equals(other.Medium, StringComparison.OrdinalIgnoreCase)
        || !Campaign.Equals(other.Campaign, StringComparison.OrdinalIgnoreCase);
}
