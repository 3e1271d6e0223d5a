namespace SessionPlatform.Cli.Simulate;

/// <summary>The fictitious shop of the simulation: its pages, products and traffic sources.</summary>
internal static class Shop
{
    public const string Origin = "https://shop.example";

    public static readonly IReadOnlyList<string> Categories =
        ["lamps", "chairs", "tables", "shelves", "textiles", "kitchen", "garden", "gifts"];

    private static readonly string[] Adjectives = ["oak", "linen", "copper", "paper", "folding", "round"];

    private static readonly string[] Nouns = ["lamp", "chair", "table", "shelf", "cushion", "pan", "planter", "candle"];

    public static readonly IReadOnlyList<Product> Products =
        [.. Nouns.SelectMany((noun, at) => Adjectives.Select((adjective, index) => new Product(
            $"{adjective}-{noun}", Categories[at], 9.90m + 13 * at + 7.5m * index)))];

    public static readonly IReadOnlyList<string> Searches =
        ["desk lamp", "oak table", "gift for mother", "linen", "plant pot", "café chair"];

    public static readonly IReadOnlyList<Source> Sources =
    [
        new(30, "", ""),
        new(24, "https://www.google.com/", ""),
        new(5, "https://www.bing.com/", ""),
        new(3, "https://duckduckgo.com/", ""),
        new(10, "https://www.google.com/", "utm_source=google&utm_medium=cpc&utm_campaign=brand&gclid=Cj0KCQ"),
        new(9, "", "utm_source=newsletter&utm_medium=email&utm_campaign=spring-sale"),
        new(7, "https://l.facebook.com/", "utm_source=facebook&utm_medium=paid_social&utm_campaign=rooms&fbclid=IwAR"),
        new(5, "https://www.instagram.com/", ""),
        new(4, "https://interior-blog.example/best-lamps", ""),
        new(3, "https://www.youtube.com/", "utm_source=youtube&utm_medium=video&utm_campaign=room-tour"),
    ];

    public static readonly IReadOnlyList<Client> Clients =
    [
        new(30, "mobile", "390x844",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) "
            + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"),
        new(28, "mobile", "412x915",
            "Mozilla/5.0 (Linux; Android 15; Pixel 8) "
            + "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"),
        new(24, "desktop", "1920x1080",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
            + "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"),
        new(10, "desktop", "1728x1117",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
            + "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"),
        new(8, "desktop", "1920x1200", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"),
    ];

    public static readonly IReadOnlyList<string> Bots =
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    ];

    public static readonly IReadOnlyList<Place> Places =
    [
        new(35, "DE", "de-DE", "Europe/Berlin", "EUR"),
        new(20, "FR", "fr-FR", "Europe/Paris", "EUR"),
        new(15, "US", "en-US", "America/New_York", "USD"),
        new(15, "GB", "en-GB", "Europe/London", "GBP"),
        new(10, "CH", "de-CH", "Europe/Zurich", "CHF"),
        new(5, "NL", "nl-NL", "Europe/Amsterdam", "EUR"),
    ];
}

internal sealed record Product(string Slug, string Category, decimal Price);

/// <param name="Query">The campaign parameters of the first page's URL.</param>
internal sealed record Source(double Weight, string Referrer, string Query);

internal sealed record Client(double Weight, string Type, string Screen, string UserAgent);

internal sealed record Place(double Weight, string Country, string Language, string TimeZone, string Currency);
