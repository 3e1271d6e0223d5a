using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>Where a visitor came from.</summary>
public sealed class AttributionTests
{
    [Fact]
    public void It_is_that_of_the_earliest_event_with_a_campaign_or_an_external_referrer() =>
        Assert.Equal(
            new Attribution
            {
                Referrer = "https://a.example/from", ReferrerHost = "a.example",
                Channel = "Referral", LandingPage = "/",
            },
            Published(
                Clicked(Event(0, "custom"), "fbclid", "Paid Social"),
                Event(1, "custom", referrer: "a.example"),
                PageView(2, utm: "a")).Attribution);

    [Fact]
    public void A_campaign_from_an_own_host_has_no_referrer() =>
        Assert.Equal(
            new Attribution { Utm = new Utm { Source = "a" }, Channel = "Email", LandingPage = "/" },
            Published(PageView(0, utm: "a", referrer: "m.shop.example")).Attribution);

    [Fact]
    public void Without_either_the_earliest_click_id_counts() =>
        Assert.Equal(
            new Attribution { ClickIdKind = "gclid", Channel = "Paid Search", LandingPage = "/" },
            Published(
                Event(0, "custom"),
                Clicked(Event(1, "custom"), "gclid", "Paid Search"),
                Clicked(PageView(2), "fbclid", "Paid Social")).Attribution);

    [Fact]
    public void Nothing_counts_behind_the_first_page_view() =>
        Assert.Equal(
            new Attribution { Channel = "Direct", LandingPage = "/" },
            Published(
                PageView(0),
                Clicked(PageView(1, utm: "news", referrer: "shop.example"), "gclid", "Paid Search")).Attribution);

    [Fact]
    public void Without_campaign_referrer_and_click_id_the_earliest_channel_that_a_rule_gave_counts()
    {
        Assert.Equal(
            new Attribution { Channel = "Posters", LandingPage = "/" },
            Published(
                Unsourced(), Ruled(Event(1, "custom"), "Direct"), Ruled(Event(2, "custom"), "Posters"),
                Ruled(PageView(3), "Later")).Attribution);
        Assert.Equal("Direct", Published(PageView(0), Ruled(PageView(1), "Posters")).Attribution.Channel);
        Assert.Equal("Paid Search", Published(
            Ruled(Event(0, "custom"), "Posters"), Clicked(PageView(1), "gclid", "Paid Search")).Attribution.Channel);
    }

    [Theory]
    [InlineData("gclid", "", "Direct")]
    [InlineData("", "Email", "Email")]
    public void A_channel_that_is_not_given_is_Direct(string clickId, string channel, string expected) =>
        Assert.Equal(
            expected, Published(Clicked(PageView(0, utm: "a"), clickId, channel)).Attribution.Channel);

    // GA4's channels count only with a source, whatever they are.
    private static AcceptedEvent Unsourced() => Event(0, "custom").With(e => e.Channel = "Referral");

    private static AcceptedEvent Ruled(AcceptedEvent e, string channel) =>
        e.With(ruled => (ruled.Channel, ruled.ChannelByRule) = (channel, true));

    private static AcceptedEvent Clicked(AcceptedEvent e, string clickIdKind, string channel) =>
        e.With(clicked => (clicked.ClickIdKind, clicked.Channel) = (clickIdKind, channel));
}
