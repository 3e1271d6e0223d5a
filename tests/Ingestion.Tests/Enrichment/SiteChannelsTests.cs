using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Ingestion.Tests.Enrichment;

/// <summary>Channels of a site's own.</summary>
public sealed class SiteChannelsTests
{
    [Theory]
    [InlineData("/?utm_source=NEWS-ch&utm_medium=Email", "", "Newsletter")]
    [InlineData("/?utm_source=news&utm_medium=cpc", "", "Paid Other")]
    [InlineData("/?utm_source=any&utm_campaign=Spring/Sale", "", "Unassigned")]
    [InlineData("/?utm_source=any&utm_campaign=Summer/Sale", "", "Summer")]
    [InlineData("/?gclid=1", "", "Google Ads")]
    [InlineData("/?gclid=1&utm_medium=email&utm_source=google", "", "Organic Search")]
    [InlineData("/", "https://www.google.com/", "Google")]
    [InlineData("/?utm_source=google&utm_medium=organic", "", "Google")]
    [InlineData("/", "https://deals.partner.example/x", "Partners")]
    [InlineData("/?utm_source=any", "https://deals.partner.example/x", "Partners")]
    [InlineData("/", "https://partner.example/x", "Referral")]
    [InlineData("/", "https://www.paypal.com/x", "Direct")]
    [InlineData("/", "https://help.shop.example/x", "Direct")]
    [InlineData("/QR/poster/7", "", "Posters")]
    [InlineData("/qr/poster/7?ttclid=1", "", "TikTok posters")]
    [InlineData("/", "", "Direct")]
    public void The_first_rule_whose_conditions_all_hold_names_the_channel(string url, string referrer, string channel)
    {
        var accepted = Enriched(url, referrer);

        Assert.Equal(channel, accepted.Channel);
        Assert.Equal(Rules.Any(rule => rule.Name == channel), accepted.ChannelByRule);
    }

    [Fact]
    public void A_condition_holds_of_nothing_that_an_event_lacks() =>
        Assert.Equal("Direct", Enriched("/", "", new ChannelRule { Name = "Any source", Source = "**" }).Channel);

    [Fact]
    public void A_rule_may_name_a_channel_of_GA4_and_says_so() =>
        Assert.True(Enriched(
            "/?utm_source=app", "", new ChannelRule { Name = "Direct", Source = "app" }) is
            { Channel: "Direct", ChannelByRule: true });

    [Fact]
    public void Rules_that_change_hold_for_the_events_that_follow()
    {
        var before = new ChannelRule { Name = "Before", Source = "a" };
        var after = new ChannelRule { Name = "After", Source = "a" };

        Assert.Equal("Before", Enriched("/?utm_source=a", "", before).Channel);
        Assert.Equal("After", Enriched("/?utm_source=a", "", after).Channel);
        Assert.Equal("Unassigned", Enriched("/?utm_source=a", "", []).Channel);
    }

    private static readonly ChannelRule[] Rules =
    [
        new() { Name = "Newsletter", Source = "news*", Medium = "email" },
        new() { Name = "Summer", Campaign = "summer**" },
        new() { Name = "Never", Campaign = "spring*" },
        new() { Name = "Google Ads", Source = "google", Medium = "cpc", ClickIdKind = "G*" },
        new() { Name = "Google", Source = "google*", Medium = "organic" },
        new() { Name = "Partners", ReferrerHost = "*.partner.example" },
        new() { Name = "TikTok posters", Path = "/qr/**", ClickIdKind = "ttclid" },
        new() { Name = "Posters", Path = "/qr/**" },
        new() { Name = "Too late", Path = "/qr/**" },
        new() { Name = "Own", ReferrerHost = "**shop.example" },
        new() { Name = "Paid elsewhere", ReferrerHost = "paypal.com" },
    ];

    private static AcceptedEvent Enriched(string url, string referrer) => Enriched(url, referrer, Rules);

    private static AcceptedEvent Enriched(string url, string referrer, params ChannelRule[] rules)
    {
        var site = Examples.Shop();
        site.Rules.ChannelRules.Add(rules);
        var sent = Examples.PageView("https://shop.example" + url);
        sent.Referrer = referrer;
        return Examples.Run(sent, Examples.Context() with { KeySite = site }).Accepted;
    }
}
