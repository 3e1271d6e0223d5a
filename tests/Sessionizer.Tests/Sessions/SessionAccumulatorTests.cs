using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;
using static SessionPlatform.Sessionizer.Tests.Sessions.Folding;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

public sealed class SessionAccumulatorTests
{
    private static readonly SessionRules Rules = SessionRules.From(SiteRulesDefaults.Complete(new SiteRules()));

    [Fact]
    public void A_single_event_has_no_duration_and_two_at_one_instant_have_none_to_speak_of()
    {
        Assert.Null(Fold(PageView(0)).Duration);
        Assert.Equal(0, Fold(PageView(0, id: 1), PageView(0, id: 2)).Duration.Seconds);
    }

    [Fact]
    public void Times_keep_their_microseconds_also_before_1970()
    {
        var session = Fold(PageView(0).With(e => e.OccurredAt = -1), PageView(0).With(e => e.OccurredAt = 1_000_002));

        Assert.Equal((-1, 999_999_000), (session.StartedAt.Seconds, session.StartedAt.Nanos));
        Assert.Equal((1, 2_000), (session.EndedAt.Seconds, session.EndedAt.Nanos));
        Assert.Equal((1, 3_000), (session.Duration.Seconds, session.Duration.Nanos));
    }

    [Fact]
    public void Time_on_page_lasts_until_the_next_page_view_and_at_the_end_until_the_last_event()
    {
        var session = Fold(PageView(0, "/a"), Event(1, "click"), PageView(3, "/b"), Event(5, "scroll"));

        Assert.Equal(["/a", "/b"], session.Journey.Select(step => step.Path));
        Assert.Equal([180, 120], session.Journey.Select(step => step.TimeOnPage.Seconds));
        Assert.Equal(("/a", "/b"), (session.EntryPage, session.ExitPage));
    }

    [Fact]
    public void Time_on_the_last_page_is_absent_when_it_is_the_last_event()
    {
        Assert.Null(Fold(PageView(0), PageView(3)).Journey[1].TimeOnPage);
        Assert.Equal(0, Fold(PageView(0, id: 1), Event(0, "click", id: 2)).Journey[0].TimeOnPage.Seconds);
    }

    [Fact]
    public void Scroll_depth_is_the_greatest_from_the_page_view_until_the_next()
    {
        var session = Fold(
            Scroll(Event(0, "scroll"), 99), Scroll(PageView(1), 10), Scroll(Event(2, "scroll"), 60),
            Scroll(Event(3, "page_leave"), 40), PageView(4), PageView(5), Scroll(Event(6, "scroll"), 0));

        Assert.Equal(
            [60, null, 0.0],
            session.Journey.Select(step => step.HasScrollDepthPercent ? step.ScrollDepthPercent : (double?)null));
    }

    [Fact]
    public void A_bounce_is_one_page_view_without_conversion()
    {
        Assert.True(Fold(PageView(0), Event(1, "click")).Bounced);
        Assert.False(Fold(PageView(0), PageView(1)).Bounced);
        Assert.False(Fold(PageView(0), Event(1, "conversion")).Bounced);
    }

    [Fact]
    public void Conversions_are_conversion_and_purchase_events()
    {
        var session = Fold(Event(0, "conversion"), Event(1, "purchase"), Event(2, "custom"));

        Assert.True(session.Converted);
        Assert.Equal(2, session.Conversions);
    }

    [Theory]
    [InlineData(10_000_000, true)]
    [InlineData(9_999_999, false)]
    public void Ten_seconds_are_engaged(long later, bool engaged) =>
        Assert.Equal(engaged, Fold(PageView(0), Event(0, "click").With(e => e.OccurredAt = later)).Engaged);

    [Fact]
    public void Two_page_views_or_a_conversion_are_engaged_at_once()
    {
        Assert.False(Fold(PageView(0)).Engaged);
        Assert.True(Fold(PageView(0), PageView(0.01)).Engaged);
        Assert.True(Fold(Event(0, "purchase")).Engaged);
    }

    [Fact]
    public void Revenue_is_summed_by_currency_to_the_last_digit()
    {
        var session = Fold(
            Paid(0, "0.1", "CHF"), Paid(1, "0.2", "chf"), Paid(2, "999999999999999.999999", "USD"),
            Paid(3, "999999999999999.999999", "USD"), Paid(4, "-5", "EUR"), Paid(5, "5", "EUR"));

        Assert.Equal(
            [("CHF", "0.3"), ("EUR", "0"), ("USD", "1999999999999999.999998")],
            session.Revenue.Select(money => (money.Currency, money.Amount)));
    }

    [Fact]
    public void The_last_user_id_counts_and_none_is_absent()
    {
        Assert.False(Fold(PageView(0)).HasUserId);
        var session = Fold(User(PageView(0), "a"), User(Event(1, "identify"), "b"), PageView(2));
        Assert.Equal("b", session.UserId);
    }

    [Fact]
    public void Device_and_place_are_field_by_field_of_the_first_event_that_has_it()
    {
        var session = Fold(
            PageView(0).With(e => (e.Event.Device, e.Event.Geo) = (new Device(), new Geo())),
            PageView(1).With(e => (e.Event.Device, e.Event.Geo) =
                (new Device { Browser = "Firefox" }, new Geo { City = "Bern" })),
            PageView(2).With(e => (e.Event.Device, e.Event.Geo) =
                (new Device { Browser = "Safari", Language = "de-CH", Screen = "1x1" }, new Geo { Country = "CH" })));

        Assert.Equal(new Device { Browser = "Firefox", Language = "de-CH", Screen = "1x1" }, session.Device);
        Assert.Equal(new Geo { City = "Bern", Country = "CH" }, session.Geo);
        var none = Fold(PageView(0).With(e => (e.Event.Device, e.Event.Geo) = (new Device(), new Geo())));
        Assert.Null(none.Device);
        Assert.Null(none.Geo);
    }

    [Fact]
    public void A_custom_event_before_the_first_page_view_does_not_make_a_paid_visit_direct()
    {
        var attribution = Fold(Event(0, "custom"), PageView(1, "/offer", utm: "news")).Attribution;

        Assert.Equal("news", attribution.Utm.Source);
        Assert.Equal("Email", attribution.Channel);
        Assert.Equal("/offer", attribution.LandingPage);
    }

    [Fact]
    public void After_the_first_page_view_the_entry_is_settled()
    {
        var attribution = Fold(PageView(0), PageView(1, utm: "news", referrer: "google.com")).Attribution;

        Assert.Null(attribution.Utm);
        Assert.False(attribution.HasReferrer);
        Assert.False(attribution.HasClickIdKind);
        Assert.Equal("Direct", attribution.Channel);
    }

    [Fact]
    public void Only_an_external_referrer_is_an_entry()
    {
        var own = Fold(Event(0, "custom", referrer: OwnHost), PageView(1, referrer: "google.com")).Attribution;
        Assert.Equal(("google.com", "https://google.com/"), (own.ReferrerHost, own.Referrer));

        var paid = Fold(PageView(0, utm: "news", referrer: "paypal.com")).Attribution;
        Assert.Equal("news", paid.Utm.Source);
        Assert.False(paid.HasReferrerHost);
        Assert.False(paid.HasReferrer);
    }

    [Fact]
    public void A_click_id_gives_the_channel_unless_there_is_an_entry()
    {
        var alone = Fold(Clicked(Event(0, "custom")), PageView(1)).Attribution;
        Assert.Equal(("gclid", "Paid Search"), (alone.ClickIdKind, alone.Channel));

        var replaced = Fold(Clicked(Event(0, "custom")), PageView(1, utm: "news")).Attribution;
        Assert.Equal("Email", replaced.Channel);
        Assert.False(replaced.HasClickIdKind);

        Assert.Equal("Direct", Fold(PageView(0), Clicked(PageView(1))).Attribution.Channel);
    }

    [Fact]
    public void Without_campaign_referrer_and_click_id_the_earliest_channel_that_a_rule_gave_counts()
    {
        Assert.Equal("Posters", Fold(
            Event(0, "custom"), Ruled(Event(1, "custom"), "Direct"), Ruled(Event(2, "custom"), "Posters"),
            Ruled(PageView(3), "Later")).Attribution.Channel);
        Assert.Equal("Direct", Fold(PageView(0), Ruled(PageView(1), "Posters")).Attribution.Channel);
        Assert.Equal("Email", Fold(Ruled(Event(0, "custom"), "Posters"), PageView(1, utm: "a")).Attribution.Channel);
        Assert.Equal("Posters", Fold(Ruled(PageView(0, utm: "a"), "Posters")).Attribution.Channel);
        var clicked = Ruled(Event(1, "custom"), "Paid posters").With(e => e.ClickIdKind = "gclid");
        Assert.Equal("Paid posters", Fold(Ruled(Event(0, "custom"), "Posters"), clicked).Attribution.Channel);
    }

    private static AcceptedEvent Ruled(AcceptedEvent e, string channel) =>
        e.With(ruled => (ruled.Channel, ruled.ChannelByRule) = (channel, true));

    [Fact]
    public void Beyond_2000_page_views_and_events_are_counted_only()
    {
        var accumulator = new SessionAccumulator(Rules);
        for (var i = 0; i < 2500; i++)
        {
            var e = Scroll(PageView(i * 0.001, $"/{i}"), Math.Min(i, 100));
            accumulator.Append(e, EventKey.Of(e));
            // Stored and taken up again right at the bound and beyond it.
            if (i is 1998 or 1999 or 2000 or 2400)
                accumulator = SessionAccumulator.FromState(accumulator.ToState(), Rules);
        }

        var document = accumulator.ToDocument();
        Assert.Equal((2500, 2500), (document.Session.PageViews, document.Session.Events));
        Assert.Equal((2000, 2000), (document.Session.Journey.Count, document.Timeline.Count));
        Assert.Equal(60_000_000, document.Session.Journey[^1].TimeOnPage.Nanos);
        Assert.Equal(100, document.Session.Journey[^1].ScrollDepthPercent);
        Assert.Equal("/2499", document.Session.ExitPage);
    }

    [Fact]
    public void Events_out_of_order_or_twice_are_refused()
    {
        var accumulator = new SessionAccumulator(Rules);
        var e = PageView(1);
        accumulator.Append(e, EventKey.Of(e));

        Assert.Throws<InvalidOperationException>(() => accumulator.Append(e, EventKey.Of(e)));
        var earlier = PageView(0);
        Assert.Throws<InvalidOperationException>(() => accumulator.Append(earlier, EventKey.Of(earlier)));
    }

    [Fact]
    public void A_stored_session_is_unchanged_until_something_differs()
    {
        var accumulator = new SessionAccumulator(Rules) { Revision = 3, Closed = true };
        var e = PageView(0);
        accumulator.Append(e, EventKey.Of(e));
        Assert.True(accumulator.IsChanged);

        var stored = SessionAccumulator.FromState(accumulator.ToState(), Rules);
        stored.EndReason = null;
        Assert.False(stored.IsChanged);
        Assert.Equal((3, true), (stored.Revision, stored.Closed));
        stored.EndReason = Session.Types.BoundaryReason.Timeout;
        Assert.True(stored.IsChanged);
    }

    private static AcceptedEvent Scroll(AcceptedEvent e, double percent) =>
        e.With(scrolled => scrolled.Event.Engagement = new Engagement { ScrollDepthPercent = percent });

    private static AcceptedEvent Paid(double minute, string amount, string currency) =>
        Event(minute, "purchase").With(e => e.Event.Revenue = new Money { Amount = amount, Currency = currency });

    private static AcceptedEvent User(AcceptedEvent e, string userId) => e.With(known => known.Event.UserId = userId);

    private static AcceptedEvent Clicked(AcceptedEvent e) =>
        e.With(clicked => (clicked.ClickIdKind, clicked.Channel) = ("gclid", "Paid Search"));
}
