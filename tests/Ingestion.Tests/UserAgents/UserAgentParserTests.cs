using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Tests.UserAgents;

public sealed class UserAgentParserTests
{
    [FetchedTheory]
    [MemberData(nameof(KnownBrowsers.All), MemberType = typeof(KnownBrowsers))]
    public void Browsers_are_known(
        string userAgent, string type, string system, string systemVersion, string browser, string browserVersion)
    {
        var facts = FetchedData.Parser.Parse(userAgent);

        Assert.Equal(
            new Device
            {
                Type = type, Os = system, OsVersion = systemVersion, Browser = browser, BrowserVersion = browserVersion,
            },
            facts.Device);
        Assert.False(facts.IsCrawler);
    }

    [FetchedTheory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    [InlineData("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.1; +https://openai.com/gptbot)")]
    [InlineData("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")]
    [InlineData("curl/8.5.0")]
    [InlineData("python-requests/2.32.3")]
    [InlineData("Wget/1.21.4")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/125.0.0.0 Safari/537.36")]
    public void Crawlers_are_known_and_are_no_device_of_anybody(string userAgent)
    {
        var facts = FetchedData.Parser.Parse(userAgent);

        Assert.True(facts.IsCrawler);
        Assert.Equal("bot", facts.Device!.Type);
    }

    [FetchedFact]
    public void Every_example_that_the_list_of_crawlers_itself_gives_is_one()
    {
        var examples = FetchedData.CrawlerInstances();

        Assert.True(examples.Count > 1000, $"{examples.Count} examples");
        Assert.DoesNotContain(examples, example => !FetchedData.Parser.Parse(example).IsCrawler);
    }

    [FetchedTheory]
    [InlineData("")]
    [InlineData("Browser/1")]
    [InlineData("-")]
    [InlineData("🦊🦊🦊")]
    public void What_nobody_knows_tells_nothing(string userAgent) =>
        Assert.Equal(UserAgentFacts.None, FetchedData.Parser.Parse(userAgent));

    [FetchedFact]
    public void What_is_longer_than_the_contract_allows_is_not_looked_at()
    {
        var longest = "curl/8.5.0 " + new string('x', 1013);

        Assert.True(FetchedData.Parser.Parse(longest).IsCrawler);
        Assert.Equal(UserAgentFacts.None, FetchedData.Parser.Parse(longest + "x"));
        Assert.Equal(UserAgentFacts.None, FetchedData.Parser.Parse("curl/8.5.0 " + new string('€', 340)));
    }

    [FetchedFact]
    public void A_name_that_no_device_field_can_hold_is_none()
    {
        var device = FetchedData.Parser.Parse(
            new string('n', 65) + "/12 CFNetwork/1494.0.7 Darwin/23.4.0").Device!;

        Assert.Equal("", device.Browser);
        Assert.Equal("12", device.BrowserVersion);
        Assert.Equal("iOS", device.Os);
    }

    [FetchedFact]
    public void Texts_made_to_be_slow_come_to_an_end()
    {
        string[] parts =
        [
            "Mozilla/5.0 ", "Android", "; ", " Build/", "(", "1.", "a", " ", "iPhone", "CFNetwork", "Linux; U; ", "SM-",
            "Windows NT ", "bot", "X11; ", "Version/", "Mobile", "HTC", "_", "-",
        ];
        foreach (var one in parts)
            foreach (var other in parts)
                FetchedData.Parser.Parse(Repeat(one + other));
    }

    [Fact]
    public void A_pattern_that_takes_too_long_leaves_the_fields_empty()
    {
        var limit = TimeSpan.FromMilliseconds(1);
        var endless = new UserAgentRule(new UserAgentPattern("^(a+)+$", ignoresCase: false, limit), [null]);
        var parser = new UserAgentParser(new UserAgentRules([], [endless], []), new CrawlerList([]));

        Assert.Equal("aaa", parser.Parse("aaa").Device!.Os);
        Assert.Equal(UserAgentFacts.None, parser.Parse(new string('a', 1000) + "!"));
    }

    private static string Repeat(string text) =>
        string.Concat(Enumerable.Repeat(text, UserAgentParser.MaxBytes / text.Length));
}
