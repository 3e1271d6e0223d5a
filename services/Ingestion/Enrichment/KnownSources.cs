using System.Collections.Frozen;

namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>
/// The known sources and their categories. A campaign may name a source in any way ("Google", "facebook.com"), a
/// referrer by its host; both use the same tables. A brand matches under any public suffix, a host includes its
/// subdomains.
/// </summary>
internal static class KnownSources
{
    private const int MaxSuffixLabelLength = 3;

    private static readonly FrozenDictionary<string, SourceCategory> Brands = Table(BrandRows);

    private static readonly FrozenDictionary<string, SourceCategory> Hosts = Table(HostRows);

    /// <summary>Brands by category, separated by spaces; they match under any public suffix.</summary>
    internal static (SourceCategory Category, string Names)[] BrandRows =>
    [
        (SourceCategory.Search, "google bing yahoo duckduckgo baidu yandex ecosia qwant startpage brave-search naver "
            + "daum seznam sogou aol ask dogpile metager mojeek swisscows kagi lycos webcrawler excite rambler coccoc "
            + "onesearch presearch petalsearch haosou msn babylon centrum eniro exalead globo kvasir najdi onet "
            + "startsiden szukacz virgilio"),
        (SourceCategory.Social, "facebook fb instagram ig twitter x linkedin pinterest reddit tumblr snapchat threads "
            + "mastodon bluesky bsky vk vkontakte odnoklassniki weibo wechat whatsapp telegram discord quora xing "
            + "meetup nextdoor hackernews stackoverflow stackexchange line messenger flickr viber slashdot "
            + "livejournal renren douban foursquare meneame blogger blogspot deviantart digg diigo disqus goodreads "
            + "instapaper kakao mixi myspace ning plurk skyrock slideshare taringa tripadvisor trustpilot viadeo "
            + "wattpad wordpress yammer yelp zalo"),
        (SourceCategory.Video, "youtube vimeo twitch dailymotion tiktok netflix rumble bilibili youku iqiyi disneyplus "
            + "hulu wistia odysee peertube crackle curiositystream veoh bitchute nicovideo vidyard utreon"),
        (SourceCategory.Shopping, "amazon ebay etsy walmart alibaba aliexpress shopify mercadolibre mercadolivre "
            + "rakuten idealo googleshopping google-shopping zalando allegro otto target wish temu shein flipkart "
            + "lazada shopee pricegrabber shopzilla bestbuy wayfair galaxus digitec cdiscount tmall"),
        (SourceCategory.Assistant, "chatgpt perplexity deepseek phind"),
    ];

    /// <summary>
    /// Hosts by category, separated by spaces; they include their subdomains and take precedence over brands. Names
    /// without a dot match campaign sources only.
    /// </summary>
    internal static (SourceCategory Category, string Names)[] HostRows =>
    [
        (SourceCategory.Search, "search.brave.com so.com search.marginalia.nu search.ch ya.ru dzen.ru go.mail.ru "
            + "com.google.android.googlequicksearchbox cn.bing.com wp.pl oceanhero.today"),
        (SourceCategory.Social, "t.co lnkd.in fb.me fb.com x.com t.me wa.me ok.ru pin.it redd.it vk.com bsky.app "
            + "news.ycombinator.com mastodon.social mastodon.online threads.net line.me discord.gg medium.com "
            + "producthunt.com last.fm academia.edu "
            + "out.reddit.com com.linkedin.android com.facebook.katana com.reddit.frontpage org.telegram.messenger"),
        (SourceCategory.Video, "youtu.be twitch.tv dai.ly bilibili.tv com.google.android.youtube d.tube ted.com"),
        (SourceCategory.Shopping, "shopping.google.com shopping.yahoo.com shopping.yahoo.co.jp shopping.naver.com "
            + "amzn.to amzn.eu ebay.us shop.app"),
        (SourceCategory.Assistant, "openai gemini claude copilot grok mistral "
            + "chat.openai.com gemini.google.com bard.google.com notebooklm.google.com claude.ai copilot.microsoft.com "
            + "copilot.cloud.microsoft m365.cloud.microsoft grok.com meta.ai chat.mistral.ai poe.com you.com duck.ai "
            + "chat.qwen.ai kimi.com kimi.moonshot.cn doubao.com yiyan.baidu.com pi.ai character.ai"),
        (SourceCategory.Mail, "mail.google.com mail.yahoo.com mail.yahoo.co.jp mail.aol.com mail.yandex.ru "
            + "mail.yandex.com mail.naver.com mail.daum.net email.seznam.cz mail.rambler.ru e.mail.ru mail.qq.com "
            + "mail.163.com outlook.live.com outlook.office.com outlook.office365.com mail.proton.me navigator.gmx.net "
            + "gmx.net web.de mail.zoho.com app.fastmail.com icloud.com com.google.android.gm"),
        // Other services of search engines and shops.
        (SourceCategory.Unknown, "accounts.google.com docs.google.com drive.google.com meet.google.com "
            + "groups.google.com sites.google.com classroom.google.com calendar.google.com play.google.com "
            + "chat.google.com login.yahoo.com passport.yandex.ru aws.amazon.com"),
    ];

    /// <summary>Returns the category of a campaign source or referrer host, which must be in lower case.</summary>
    public static SourceCategory CategoryOf(string source)
    {
        if (Brands.TryGetValue(source, out var category) || Hosts.TryGetValue(source, out category))
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
        ReadOnlySpan<(SourceCategory Category, string Names)> rows)
    {
        var table = new Dictionary<string, SourceCategory>(StringComparer.Ordinal);
        foreach (var (category, names) in rows)
            foreach (var name in names.Split(' '))
                table.Add(name, category);
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
