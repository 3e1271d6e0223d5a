using System.Collections.Frozen;

namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>What kind of place a campaign source or a referrer is.</summary>
internal enum SourceCategory
{
    Unknown,
    Search,
    Social,
    Video,
    Shopping,
}

/// <summary>
/// The sources whose kind is known. A campaign names them as it likes ("Google", "facebook.com"), a referrer by its
/// host; both are looked up in the same table. A brand is met under any public suffix, a host with its subdomains.
/// </summary>
internal static class KnownSources
{
    private const int MaxSuffixLabelLength = 3;

    private static readonly FrozenDictionary<string, SourceCategory> Brands = Table(
        (SourceCategory.Search, "google bing yahoo duckduckgo baidu yandex ecosia qwant startpage brave-search naver "
            + "daum seznam sogou aol ask dogpile metager mojeek swisscows kagi lycos webcrawler excite rambler coccoc "
            + "onesearch presearch petalsearch haosou"),
        (SourceCategory.Social, "facebook fb instagram ig twitter x linkedin pinterest reddit tumblr snapchat threads "
            + "mastodon bluesky bsky vk vkontakte odnoklassniki weibo wechat whatsapp telegram discord quora xing "
            + "meetup nextdoor hackernews stackoverflow stackexchange line messenger flickr viber slashdot "
            + "livejournal renren douban foursquare meneame"),
        (SourceCategory.Video, "youtube vimeo twitch dailymotion tiktok netflix rumble bilibili youku iqiyi disneyplus "
            + "hulu wistia odysee peertube"),
        (SourceCategory.Shopping, "amazon ebay etsy walmart alibaba aliexpress shopify mercadolibre mercadolivre "
            + "rakuten idealo googleshopping google-shopping zalando allegro otto target wish temu shein flipkart "
            + "lazada shopee pricegrabber shopzilla bestbuy wayfair galaxus digitec"));

    private static readonly FrozenDictionary<string, SourceCategory> Hosts = Table(
        (SourceCategory.Search, "search.brave.com so.com search.marginalia.nu search.ch ya.ru dzen.ru go.mail.ru "
            + "com.google.android.googlequicksearchbox cn.bing.com"),
        (SourceCategory.Social, "t.co lnkd.in fb.me fb.com x.com t.me wa.me ok.ru pin.it redd.it vk.com bsky.app "
            + "news.ycombinator.com mastodon.social mastodon.online threads.net line.me discord.gg "
            + "out.reddit.com com.linkedin.android com.facebook.katana com.reddit.frontpage org.telegram.messenger"),
        (SourceCategory.Video, "youtu.be twitch.tv dai.ly bilibili.tv com.google.android.youtube"),
        (SourceCategory.Shopping, "shopping.google.com shopping.yahoo.com shopping.yahoo.co.jp shopping.naver.com "
            + "amzn.to amzn.eu ebay.us"),
        // Of a search engine's house, but not its search.
        (SourceCategory.Unknown, "mail.google.com accounts.google.com docs.google.com drive.google.com "
            + "meet.google.com groups.google.com sites.google.com classroom.google.com calendar.google.com "
            + "play.google.com chat.google.com mail.yahoo.com mail.aol.com mail.yandex.ru mail.naver.com "
            + "login.yahoo.com passport.yandex.ru aws.amazon.com"));

    /// <summary>The kind of a campaign source or referrer host; both in lower case.</summary>
    public static SourceCategory CategoryOf(string source)
    {
        if (Brands.TryGetValue(source, out var category))
            return category;
        if (!source.Contains('.'))
            return SourceCategory.Unknown;

        for (var start = 0; start >= 0; start = NextLabel(source, start))
            if (Hosts.TryGetValue(source[start..], out category))
                return category;
        for (var start = 0; start >= 0; start = NextLabel(source, start))
        {
            var dot = source.IndexOf('.', start);
            if (dot > start && IsPublicSuffix(source.AsSpan(dot + 1))
                && Brands.TryGetValue(source[start..dot], out category))
                return category;
        }
        return SourceCategory.Unknown;
    }

    private static int NextLabel(string host, int start)
    {
        var dot = host.IndexOf('.', start);
        return dot < 0 ? -1 : dot + 1;
    }

    // "com", "de", "co.uk", "com.br": one or two labels of two or three letters. Not the public suffix list, but what
    // the brands above use.
    private static bool IsPublicSuffix(ReadOnlySpan<char> suffix)
    {
        var dot = suffix.IndexOf('.');
        return dot < 0
            ? suffix.Length is >= 2 and <= MaxSuffixLabelLength
            : IsPublicSuffix(suffix[..dot]) && suffix[(dot + 1)..].Length == 2;
    }

    private static FrozenDictionary<string, SourceCategory> Table(
        params ReadOnlySpan<(SourceCategory Category, string Names)> rows)
    {
        var table = new Dictionary<string, SourceCategory>(StringComparer.Ordinal);
        foreach (var (category, names) in rows)
            foreach (var name in names.Split(' '))
                table.Add(name, category);
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
