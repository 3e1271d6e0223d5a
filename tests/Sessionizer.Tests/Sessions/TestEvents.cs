using Google.Protobuf;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>Accepted events of one visitor, as ingestion would hand them over.</summary>
internal static class TestEvents
{
    public const long Minute = 60_000_000;
    public const string Site = "shop";
    public const string Visitor = "visitor";
    public const string OwnHost = "shop.example";

    private static int _lastId;

    /// <summary>A page view at a minute.</summary>
    public static AcceptedEvent PageView(
        double minute, string path = "/", string utm = "", string referrer = "", string key = "", byte id = 0) =>
        Event(minute, "pageview", path, utm, referrer, key, id);

    /// <summary>Any event at a minute. Ids that are not given are unique and in the order of the calls.</summary>
    public static AcceptedEvent Event(
        double minute,
        string kind,
        string path = "",
        string utm = "",
        string referrer = "",
        string key = "",
        byte id = 0)
    {
        var e = new AcceptedEvent
        {
            EventId = id == 0 ? UniqueId() : Id(id),
            OccurredAt = (long)Math.Round(minute * Minute),
            StreamKey = Visitor,
            Path = path,
            Host = OwnHost,
            ReferrerHost = referrer,
            Channel = utm.Length > 0 ? "Email" : referrer.Length > 0 ? "Referral" : "Direct",
            Event = new Event
            {
                SiteId = Site,
                VisitorId = Visitor,
                Kind = kind,
                SessionKey = key,
                Referrer = referrer.Length > 0 ? $"https://{referrer}/" : "",
            },
        };
        if (utm.Length > 0)
            e.Utm = new Utm { Source = utm };
        return e;
    }

    public static AcceptedEvent With(this AcceptedEvent e, Action<AcceptedEvent> change)
    {
        change(e);
        return e;
    }

    public static ByteString Id(byte last)
    {
        var bytes = new byte[16];
        bytes[15] = last;
        return ByteString.CopyFrom(bytes);
    }

    private static ByteString UniqueId()
    {
        var number = Interlocked.Increment(ref _lastId);
        return ByteString.CopyFrom([1, .. new byte[11], .. BitConverter.GetBytes(number).Reverse()]);
    }
}
