using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

public sealed class SessionBoundaryTests
{
    private const double Microsecond = 1.0 / Minute;

    [Fact]
    public void A_pause_one_microsecond_longer_than_the_timeout_is_too_long()
    {
        AssertContinues(new SiteRules(), PageView(0), PageView(30));
        AssertSplits(BoundaryReason.Inactivity, new SiteRules(), PageView(0), PageView(30 + Microsecond));
    }

    [Fact]
    public void A_session_one_microsecond_longer_than_the_longest_is_too_long()
    {
        var rules = new SiteRules { MaxDuration = Duration.FromTimeSpan(TimeSpan.FromMinutes(40)) };

        AssertContinues(rules, PageView(0), PageView(20), PageView(40));
        AssertSplits(BoundaryReason.MaxDuration, rules, PageView(0), PageView(20), PageView(40 + Microsecond));
    }

    [Fact]
    public void A_session_start_starts_a_session_unless_it_is_the_first_event()
    {
        AssertContinues(new SiteRules(), Event(0, "session_start"), PageView(1));
        AssertSplits(BoundaryReason.Explicit, new SiteRules(), Event(0, "click"), Event(0, "session_start"));
        AssertSplits(BoundaryReason.Explicit, new SiteRules(), Event(0, "session_start"), Event(1, "session_start"));
    }

    [Fact]
    public void Explicit_boundaries_can_be_switched_off()
    {
        var rules = new SiteRules { ExplicitBoundaries = false };

        AssertContinues(rules, PageView(0), Event(1, "session_end"), Event(2, "session_start"), PageView(3));
    }

    [Fact]
    public void Session_keys_differ_only_where_both_are_present()
    {
        AssertContinues(new SiteRules(), PageView(0), PageView(1, key: "A"), PageView(2), PageView(3, key: "A"));
        AssertSplits(BoundaryReason.SessionKey, new SiteRules(), PageView(0, key: "a"), PageView(1, key: "A"));
        AssertContinues(
            new SiteRules { SessionKeyBoundaries = false }, PageView(0, key: "A"), PageView(1, key: "B"));
    }

    [Fact]
    public void The_session_key_is_the_first_one_seen()
    {
        AssertSplits(
            BoundaryReason.SessionKey,
            new SiteRules(),
            PageView(0), PageView(1, key: "A"), PageView(2), PageView(3, key: "B"));
    }

    [Fact]
    public void Campaigns_compare_source_medium_and_campaign_ignoring_case()
    {
        AssertContinues(new SiteRules(), Utm("News", "Email", "Spring"), Utm("news", "EMAIL", "spring"));
        AssertSplits(BoundaryReason.Campaign, new SiteRules(), Utm("n", "m", "c"), Utm("x", "m", "c"));
        AssertSplits(BoundaryReason.Campaign, new SiteRules(), Utm("n", "m", "c"), Utm("n", "x", "c"));
        AssertSplits(BoundaryReason.Campaign, new SiteRules(), Utm("n", "m", "c"), Utm("n", "m", ""));
    }

    [Fact]
    public void Term_and_content_do_not_tell_campaigns_apart_and_are_no_campaign_alone()
    {
        AssertContinues(
            new SiteRules(),
            Utm("n", "m", "c").With(e => e.Utm.Term = "one"),
            Utm("n", "m", "c").With(e => e.Utm.Content = "two"));
        AssertContinues(
            Any, PageView(0), PageView(1).With(e => e.Utm = new Utm { Term = "t", Content = "c" }));
    }

    [Fact]
    public void The_entry_campaign_counts_not_the_last_one()
    {
        AssertContinues(
            new SiteRules(), PageView(0), PageView(1, utm: "a"), PageView(2, utm: "b"), PageView(3, utm: "a"));
        AssertContinues(new SiteRules { Campaign = SiteRules.Types.CampaignPolicy.Off },
            PageView(0, utm: "a"), PageView(1, utm: "b"));
    }

    [Fact]
    public void Before_the_first_page_view_an_absent_campaign_is_not_settled()
    {
        AssertContinues(Any, Event(0, "custom"), PageView(1, utm: "a"), PageView(2, utm: "A"));
        AssertSplits(BoundaryReason.Campaign, Any, Event(0, "custom"), PageView(1), Event(2, "custom", utm: "a"));
        AssertContinues(Any, Event(0, "custom", referrer: "google.com"), PageView(1, utm: "a"));
    }

    [Fact]
    public void Before_the_first_page_view_a_present_campaign_holds_already()
    {
        AssertSplits(
            BoundaryReason.Campaign, new SiteRules(), Event(0, "custom", utm: "a"), PageView(1, utm: "b"));
    }

    [Fact]
    public void A_page_view_without_referrer_and_campaign_goes_on_under_every_policy()
    {
        AssertContinues(Any, PageView(0, utm: "a", referrer: "google.com"), PageView(1));
    }

    [Theory]
    [InlineData("google.com", "the same host", false)]
    [InlineData("blog.shop.example", "a subdomain of the own host", false)]
    [InlineData("other-shop.example", "no subdomain, though it ends alike", true)]
    [InlineData("brand.example", "a domain of the site", false)]
    [InlineData("m.brand.example", "a subdomain of a domain", false)]
    [InlineData("example", "a parent of the own host", true)]
    [InlineData("checkout.stripe.com", "a subdomain of an ignored referrer", false)]
    [InlineData("accounts.google.com", "an ignored referrer", false)]
    [InlineData("mail.google.com", "a sibling of an ignored referrer", true)]
    public void Only_another_external_referrer_starts_a_session(string referrer, string because, bool splits)
    {
        var rules = new SiteRules { Domains = { "brand.example" } };
        var count = Walk(rules, PageView(0, referrer: "google.com"), PageView(1, referrer: referrer)).Sessions.Count;

        Assert.True(count == (splits ? 2 : 1), because);
    }

    [Fact]
    public void Referrer_boundaries_can_be_switched_off()
    {
        AssertContinues(
            new SiteRules { ReferrerBoundaries = false },
            PageView(0, referrer: "google.com"), PageView(1, referrer: "news.example"));
    }

    [Fact]
    public void A_referrer_after_a_direct_entry_does_not_start_a_session()
    {
        AssertContinues(new SiteRules(), PageView(0), PageView(1, referrer: "google.com"));
        AssertContinues(new SiteRules(), PageView(0, utm: "a"), PageView(1, referrer: "google.com"));
    }

    [Fact]
    public void Of_several_reasons_the_first_in_the_table_is_given()
    {
        var rules = new SiteRules { MaxDuration = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)) };
        AcceptedEvent[] first = [PageView(0, utm: "a", referrer: "google.com", key: "A")];

        AssertSplits(BoundaryReason.Explicit, rules,
            [.. first, Event(99, "session_start", utm: "b", referrer: "news.example", key: "B")]);
        AssertSplits(BoundaryReason.Inactivity, rules,
            [.. first, PageView(99, utm: "b", referrer: "news.example", key: "B")]);
        AssertSplits(BoundaryReason.MaxDuration, rules,
            [.. first, PageView(2, utm: "b", referrer: "news.example", key: "B")]);
        AssertSplits(BoundaryReason.SessionKey, rules,
            [.. first, PageView(1, utm: "b", referrer: "news.example", key: "B")]);
        AssertSplits(BoundaryReason.Campaign, rules,
            [.. first, PageView(1, utm: "b", referrer: "news.example", key: "A")]);
        AssertSplits(BoundaryReason.Referrer, rules,
            [.. first, PageView(1, utm: "a", referrer: "news.example", key: "A")]);
    }

    private static SiteRules Any => new() { Campaign = SiteRules.Types.CampaignPolicy.Any };

    private static AcceptedEvent Utm(string source, string medium, string campaign) => PageView(0)
        .With(e => e.Utm = new Utm { Source = source, Medium = medium, Campaign = campaign });

    private static StreamStore Walk(SiteRules rules, params AcceptedEvent[] events)
    {
        var store = new StreamStore(rules);
        store.Apply(events);
        return store;
    }

    private static void AssertContinues(SiteRules rules, params AcceptedEvent[] events) =>
        Assert.Single(Walk(rules, events).Sessions);

    private static void AssertSplits(BoundaryReason reason, SiteRules rules, params AcceptedEvent[] events)
    {
        var sessions = Walk(rules, events).Sessions;
        Assert.Equal([BoundaryReason.FirstEvent, reason], sessions.Select(session => session.StartReason));
        Assert.Equal(reason, sessions[0].EndReason);
        Assert.Equal(1, sessions[1].Events);
    }
}
