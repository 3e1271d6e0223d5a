using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Steps;

namespace SessionPlatform.Ingestion.Tests;

/// <summary>Sites, events and contexts that tests start from.</summary>
internal static class Examples
{
    /// <summary>2026-03-01 12:00:00 UTC.</summary>
    public const long Noon = 1_772_366_400_000_000;

    private static readonly string[] Kinds =
    [
        "pageview", "click", "search", "form_submit", "scroll", "custom", "conversion", "purchase", "session_start",
        "session_end", "identify", "page_leave",
    ];

    public static Site Shop(string id = "shop") => new()
    {
        SiteId = id,
        Rules = new SiteRules
        {
            Domains = { "shop.example" },
            IgnoredReferrers = new HostList { Hosts = { "paypal.com" } },
            MaxEventAge = Duration.FromTimeSpan(TimeSpan.FromDays(7)),
        },
    };

    public static Event PageView(string url = "https://shop.example/") => new()
    {
        EventId = Guid.NewGuid().ToString(),
        SiteId = "shop",
        VisitorId = "visitor",
        Kind = "pageview",
        Url = url,
    };

    public static BatchContext Context() => new() { ReceivedAt = Noon, KeySite = Shop(), Partitions = 4 };

    public static EventDraft Run(Event sent, BatchContext? context = null)
    {
        var draft = new EventDraft(sent, ordinal: 0);
        IngestionSteps.Run(draft, context ?? Context());
        return draft;
    }

    /// <summary>An event within all bounds, often at them.</summary>
    public static Event AnyValid(Random random)
    {
        var sent = new Event
        {
            EventId = random.Next(3) switch { 0 => "", 1 => Guid.NewGuid().ToString(), _ => Text(random, 128) },
            SiteId = "shop",
            VisitorId = "v" + Text(random, 127),
            UserId = Text(random, 128),
            SessionKey = Text(random, 128),
            Kind = Kinds[random.Next(Kinds.Length)],
            Name = Text(random, 128),
            Sequence = random.NextInt64(long.MaxValue),
            Url = random.Next(2) == 0 ? "/" + Text(random, 4095) : "https://shop.example/" + Text(random, 4000),
            Title = Text(random, 512),
            PageCategory = Text(random, 64),
            Referrer = Text(random, 4096),
            Utm = new Utm { Source = Text(random, 256), Term = Text(random, 256) },
            ClickIds = new ClickIds { Gclid = Text(random, 256), Yclid = Text(random, 256) },
            Device = new Device { UserAgent = Text(random, 1024), Type = Text(random, 64) },
            Geo = new Geo { Country = random.Next(2) == 0 ? "" : "ch", City = Text(random, 128) },
            Revenue = new Money { Amount = random.Next(2) == 0 ? "-999999999999999.999999" : "0", Currency = "eur" },
            Value = random.NextDouble(),
            Engagement = new Engagement { ScrollDepthPercent = random.Next(101), Clicks = random.Next() },
            Element = new Element { Text = Text(random, 512) },
        };
        if (random.Next(2) == 0)
            sent.ClientTime = Timestamp.FromDateTimeOffset(
                DateTimeOffset.UnixEpoch.AddMicroseconds(Noon - random.NextInt64(7L * 24 * 3600 * 1_000_000)));
        for (var count = random.Next(51); count > 0; count--)
            sent.Properties[$"k{count}"] =
                count % 2 == 0 ? Value.ForString(Text(random, 1024)) : Value.ForNumber(count);
        return sent;
    }

    // Letters, of which some take two, three or four bytes; never with an escape or a query in it.
    private static string Text(Random random, int maxBytes)
    {
        var budget = random.Next(3) switch { 0 => 0, 1 => maxBytes, _ => random.Next(maxBytes + 1) };
        var text = new System.Text.StringBuilder();
        while (true)
        {
            var rune = new System.Text.Rune(random.Next(8) switch
            {
                0 => 'é',
                1 => '€',
                2 => 0x1F6D2,
                3 => 0xFFFD,
                _ => 'a' + random.Next(26),
            });
            budget -= rune.Utf8SequenceLength;
            if (budget < 0)
                return text.ToString();
            text.Append(rune.ToString());
        }
    }
}
