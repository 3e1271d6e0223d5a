using Google.Protobuf;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>
/// Events that ingestion would never have accepted, or of a site that is not there: they are kept as rejected, so that
/// one of them does not hold up those around it.
/// </summary>
internal static class EventGuard
{
    public const string Malformed = "MALFORMED";
    public const string UnknownSite = "UNKNOWN_SITE";

    private const int IdBytes = 16;
    private const int MostEventBytes = 64 * 1024;
    private const long EarliestTime = -62_135_596_800_000_000;
    private const long LatestTime = 253_402_300_799_999_999;

    /// <summary>The event's id.</summary>
    public static Guid IdOf(AcceptedEvent e) => new(e.EventId.Span, bigEndian: true);

    /// <summary>Whether the event can be put into a session at all.</summary>
    public static bool IsSound(AcceptedEvent e) =>
        e.EventId.Length == IdBytes
        && e.Event is { SiteId.Length: > 0, VisitorId.Length: > 0 }
        && e.StreamKey.Length > 0
        && e.OccurredAt is > EarliestTime and <= LatestTime
        && (e.Event.Revenue is not { } revenue || RevenueTotals.IsAmount(revenue))
        && !HoldsNul(e);

    /// <summary>The event as it is kept.</summary>
    /// <param name="e">The event.</param>
    /// <param name="reason">Why it is rejected.</param>
    /// <param name="now">Microseconds since 1970.</param>
    public static RejectedEvent Reject(AcceptedEvent e, string reason, long now)
    {
        var sent = e.Event ?? new Event();
        var siteId = sent.SiteId.Replace("\0", "", StringComparison.Ordinal);
        return new()
        {
            // The same event delivered again is the same reject.
            RejectId = SessionIds.Bytes(SessionIds.Of(sent.SiteId, e.StreamKey + reason, IdNumber(e))),
            SiteId = siteId,
            RejectedAt = now,
            Reason = reason,
            Field = reason == UnknownSite ? "site_id" : "",
            Count = 1,
            Event = sent.CalculateSize() <= MostEventBytes ? sent.ToByteString() : ByteString.Empty,
        };
    }

    // In texts that become columns, which cannot hold one.
    private static bool HoldsNul(AcceptedEvent e) =>
        HoldsNul(e.Event.SiteId) || HoldsNul(e.Event.VisitorId) || HoldsNul(e.StreamKey) || HoldsNul(e.Event.UserId)
        || HoldsNul(e.Path) || HoldsNul(e.Channel) || HoldsNul(e.ReferrerHost)
        || (e.Utm is { } utm && (HoldsNul(utm.Source) || HoldsNul(utm.Campaign)));

    private static bool HoldsNul(string text) => text.Contains('\0', StringComparison.Ordinal);

    private static UInt128 IdNumber(AcceptedEvent e)
    {
        Span<byte> id = stackalloc byte[IdBytes];
        e.EventId.Span[..Math.Min(IdBytes, e.EventId.Length)].CopyTo(id);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(id);
    }
}
