using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.EndToEnd.Tests.Expected;

/// <summary>
/// Events that use every rule: pauses around the timeout, equal times, keys, campaigns, referrers, explicit ends.
/// </summary>
public static class EventGenerator
{
    private static readonly string[] Kinds =
    [
        "pageview", "pageview", "pageview", "pageview", "click", "scroll", "custom", "search", "conversion", "purchase",
        "session_start", "session_end", "identify", "page_leave",
    ];

    private static readonly string[] Referrers =
    [
        "", "", "", "https://www.google.com/search?q=x", "https://news.example/today", "https://shop.example/",
        "https://www.paypal.com/pay", "https://blog.shop.example/post", "https://accounts.google.com/",
    ];

    // Exactly the timeout, and one microsecond more.
    private static readonly long[] PausesInMicros =
    [
        0, 1, 20_000_000, 90_000_000, 600_000_000, 1_800_000_000, 1_800_000_001, 5_000_000_000, 40_000_000_000,
    ];

    public static List<Event> Generate(string site, int seed, int visitors, int eventsEach) =>
        Generate(site, seed, "visitor", visitors, eventsEach, PausesInMicros);

    /// <summary>Events of visitors <c>NAME-0</c> … with one of these pauses between any two.</summary>
    public static List<Event> Generate(
        string site, int seed, string name, int visitors, int eventsEach, IReadOnlyList<long> pausesInMicros)
    {
        var random = new Random(seed);
        var events = new List<Event>();
        for (var visitor = 0; visitor < visitors; visitor++)
        {
            var time = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(600));
            for (var number = 0; number < eventsEach; number++)
            {
                time = time.AddMicroseconds(pausesInMicros[random.Next(pausesInMicros.Count)]);
                events.Add(Event(random, site, $"{name}-{visitor}", time));
            }
        }

        return events;
    }

    private static Event Event(Random random, string site, string visitor, DateTimeOffset time)
    {
        var path = random.Next(6) switch
        {
            0 => "/",
            1 => "/category/l%C3%A4mps/",
            2 => "/product/round-lamp?color=red",
            3 => "/cart",
            4 => "/checkout",
            _ => "/checkout/confirmation#done",
        };
        var created = new Event
        {
            EventId = random.Next(3) == 0
                ? $"id {random.NextInt64()}"
                : new Guid(Bytes(random), bigEndian: true).ToString(),
            SiteId = site,
            VisitorId = visitor,
            Kind = Kinds[random.Next(Kinds.Length)],
            ClientTime = Timestamp.FromDateTimeOffset(time),
            Sequence = random.Next(3),
            Url = "https://www.shop.example" + path,
            Title = $"Title {random.Next(3)}",
            Referrer = Referrers[random.Next(Referrers.Length)],
        };
        if (random.Next(12) == 0)
            created.Utm = new Utm { Source = random.Next(2) == 0 ? "News " : "news", Campaign = $"c{random.Next(2)}" };
        if (random.Next(10) == 0)
            created.SessionKey = $"key-{random.Next(2)}";
        if (random.Next(8) == 0)
            created.UserId = $"user-{random.Next(3)}";
        if (random.Next(4) == 0)
            created.Engagement = new Engagement { ScrollDepthPercent = random.Next(1, 101) };
        if (created.Kind == "purchase")
        {
            created.Revenue = new Money
            {
                Amount = $"{random.Next(-5, 500)}.{random.Next(10)}",
                Currency = random.Next(3) == 0 ? "usd" : "EUR",
            };
        }

        return created;
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return bytes;
    }
}
