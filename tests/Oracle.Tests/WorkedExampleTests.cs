using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>The table "Worked examples" of the session rules, line by line.</summary>
public sealed class WorkedExampleTests
{
    [Fact]
    public void Exactly_the_timeout_continues() =>
        AssertSessions(Sessions(PageView(0), PageView(30)), "0 30: FirstEvent");

    [Fact]
    public void A_thousandth_of_a_minute_more_than_the_timeout_starts_a_session() =>
        AssertSessions(Sessions(PageView(0), PageView(30.001)), "0: FirstEvent", "30: Inactivity");

    [Fact]
    public void A_late_event_bridges_two_sessions()
    {
        var (first, last, late) = (PageView(0), PageView(40), PageView(20));

        var before = Sessions(first, last);
        var after = Sessions(first, last, late);

        AssertSessions(before, "0: FirstEvent", "40: Inactivity");
        AssertSessions(after, "0 20 40: FirstEvent");
        Assert.Equal(before[0].SessionId, after[0].SessionId);
    }

    [Fact]
    public void Every_20_minutes_for_25_hours_is_cut_at_the_first_event_past_24_hours()
    {
        var sessions = Sessions(Enumerable.Range(0, 76).Select(step => PageView(step * 20)));

        Assert.Equal([73, 3], sessions.Select(session => session.Events.Count));
        Assert.Equal(BoundaryReason.MaxDuration, sessions[0].EndReason);
        Assert.Equal(BoundaryReason.MaxDuration, sessions[1].StartReason);
        Assert.Equal((24 * 60 + 20) * Minute, sessions[1].StartedAt);
    }

    [Fact]
    public void Another_campaign_starts_a_session_and_no_campaign_does_not() =>
        AssertSessions(
            Sessions(PageView(0, utm: "a"), PageView(5), PageView(9, utm: "b")),
            "0 5: FirstEvent", "9: Campaign");

    [Theory]
    [InlineData(OracleCampaignPolicy.BothPresent, "0 5: FirstEvent")]
    [InlineData(OracleCampaignPolicy.Any, "0: FirstEvent", "5: Campaign")]
    [InlineData(OracleCampaignPolicy.Off, "0 5: FirstEvent")]
    public void A_campaign_after_none_starts_a_session_under_ANY_alone(
        OracleCampaignPolicy policy, params string[] expected) =>
        AssertSessions(
            Sessions(new OracleRules { Campaign = policy }, PageView(0), PageView(5, utm: "b")), expected);

    [Fact]
    public void The_way_back_from_paying_is_the_same_session() =>
        AssertSessions(
            Sessions(
                PageView(0, referrer: "google.com"),
                PageView(3, referrer: "shop.example"),
                PageView(6, referrer: "paypal.com")),
            "0 3 6: FirstEvent");

    [Fact]
    public void Another_external_referrer_starts_a_session() =>
        AssertSessions(
            Sessions(PageView(0, referrer: "google.com"), PageView(6, referrer: "news.example")),
            "0: FirstEvent", "6: Referrer");

    [Fact]
    public void Midnight_is_no_boundary_by_default() =>
        Assert.Equal(2, Assert.Single(Sessions(
            PageViewAt("2026-03-01T23:50:00"), PageViewAt("2026-03-02T00:10:00"))).Events.Count);

    [Fact]
    public void Clicks_alone_have_no_entry_page_and_do_not_bounce()
    {
        var session = Assert.Single(Sessions(Event(0, "click"), Event(1, "click")));

        Assert.Equal(0, session.PageViews);
        Assert.Null(session.EntryPage);
        Assert.Null(session.ExitPage);
        Assert.False(session.Bounced);
    }

    [Fact]
    public void A_late_event_goes_to_the_session_of_its_key() =>
        AssertSessions(
            Sessions(PageView(0, key: "A"), PageView(5, key: "B"), PageView(2, key: "A")),
            "0 2: FirstEvent", "5: SessionKey");

    [Fact]
    public void What_follows_a_session_end_is_another_session()
    {
        var sessions = Sessions(PageView(0), Event(5, "session_end"), PageView(6));

        AssertSessions(sessions, "0 5: FirstEvent", "6: Explicit");
        Assert.Equal(5 * Minute, sessions[0].EndedAt);
        Assert.Equal(BoundaryReason.Explicit, sessions[0].EndReason);
    }
}
