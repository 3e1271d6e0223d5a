using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Benchmarks.Traffic;

/// <summary>Generates an unlimited stream of events of one visitor.</summary>
/// <param name="siteId">The site.</param>
/// <param name="visitorId">The visitor.</param>
/// <param name="gap">The time between two events of a session in microseconds.</param>
/// <param name="perSession">The number of events of a session, which a longer pause ends.</param>
internal sealed class OneStream(string siteId, string visitorId, long gap, int perSession)
{
    private const long Pause = 45L * 60 * 1_000_000;
    private static readonly DateTimeOffset Begin = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    private readonly Accepted accepted = Accepted.Of(siteId);

    /// <summary>An event a minute, 45 to a session: a monitor or a crawler that never tires.</summary>
    public static OneStream Bot(string siteId) => new(siteId, "bot", 60_000_000, 45);

    /// <summary>One session, five events a second.</summary>
    public static OneStream Dense(string siteId) => new(siteId, "dense", 200_000, int.MaxValue);

    /// <summary>The event of this number, from 0.</summary>
    public AcceptedEvent At(int number) => Make(number, number, delay: 0);

    /// <summary>Returns an additional event directly after the one with this number.</summary>
    public AcceptedEvent Behind(int number, int which) => Make(number, -1 - which, gap / 1000 * (1 + which % 998));

    private AcceptedEvent Make(int place, int identity, long delay)
    {
        var micros = place * gap + place / perSession * Pause + delay;
        var isPage = place % 3 == 0;
        var sent = new Event
        {
            EventId = IdOf(identity),
            SiteId = siteId,
            VisitorId = visitorId,
            Kind = isPage ? "pageview" : place % 3 == 1 ? "scroll" : "click",
            ClientTime = Timestamp.FromDateTimeOffset(Begin.AddMicroseconds(micros)),
            Url = string.Create(CultureInfo.InvariantCulture, $"https://shop.example/product/{place % 97}"),
            Title = "A product – The Shop",
            PageCategory = "product",
            Device = new Device
            {
                UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0)", Type = "desktop", Language = "de",
            },
            Geo = new Geo { Country = "CH" },
        };
        if (!isPage)
            sent.Engagement = new Engagement { ScrollDepthPercent = place % 101 };
        return accepted.From(sent);
    }

    private static string IdOf(int identity)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        // Mixed, as real ids are spread over an index.
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)identity * 0x9E3779B97F4A7C15);
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], identity);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
