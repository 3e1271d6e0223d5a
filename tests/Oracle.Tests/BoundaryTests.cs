using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>What the worked examples leave open.</summary>
public sealed class BoundaryTests
{
    [Fact]
    public void Of_several_reasons_the_first_in_the_table_counts() =>
        AssertSessions(
            Sessions(
                new OracleRules { Midnight = true },
                PageView(0, utm: "a", referrer: "a.example", key: "A"),
                PageView(1, utm: "b", referrer: "b.example", key: "B"),
                PageView(2, utm: "c", referrer: "c.example", key: "B"),
                PageView(1510, utm: "d", referrer: "d.example", key: "C"),
                Event(9000, "session_start", utm: "e", key: "D")),
            "0: FirstEvent", "1: SessionKey", "2: Campaign", "1510: Inactivity", "9000: Explicit");

    [Fact]
    public void Boundaries_that_are_off_do_not_cut() =>
        AssertSessions(
            Sessions(
                new OracleRules
                {
                    ExplicitBoundaries = false, SessionKeyBoundaries = false, ReferrerBoundaries = false,
                    Campaign = OracleCampaignPolicy.Off,
                },
                PageView(0, utm: "a", referrer: "a.example", key: "A"),
                Event(1, "session_end"),
                Event(2, "session_start", utm: "b", referrer: "b.example", key: "B")),
            "0 1 2: FirstEvent");

    [Fact]
    public void An_event_before_the_first_page_view_does_not_settle_the_entry() =>
        AssertSessions(
            Sessions(
                new OracleRules { Campaign = OracleCampaignPolicy.Any },
                Event(0, "custom"),
                PageView(1, utm: "a"),
                PageView(2, utm: "A"),
                PageView(3, utm: "b")),
            "0 1 2: FirstEvent", "3: Campaign");

    [Fact]
    public void An_external_referrer_before_the_first_page_view_is_the_entry_at_once() =>
        AssertSessions(
            Sessions(Event(0, "custom", referrer: "a.example"), Event(1, "custom", referrer: "b.example")),
            "0: FirstEvent", "1: Referrer");

    [Fact]
    public void The_session_key_is_the_first_one_seen() =>
        AssertSessions(
            Sessions(PageView(0), PageView(1, key: "A"), PageView(2), PageView(3, key: "B")),
            "0 1 2: FirstEvent", "3: SessionKey");

    [Theory]
    [InlineData("m.shop.example")]
    [InlineData("brand.example")]
    [InlineData("www2.brand.example")]
    [InlineData("m.paypal.com")]
    public void Own_hosts_ignored_ones_and_what_is_under_them_are_never_external(string host) =>
        Assert.Single(Sessions(
            new OracleRules { Domains = ["brand.example"] },
            PageView(0, referrer: "google.com"),
            PageView(1, referrer: host)));

    [Fact]
    public void A_host_that_only_ends_alike_is_external() =>
        AssertSessions(
            Sessions(PageView(0, referrer: "google.com"), PageView(1, referrer: "notpaypal.com")),
            "0: FirstEvent", "1: Referrer");

    [Fact]
    public void The_first_one_stored_of_two_events_with_one_id_wins()
    {
        var first = PageView(0, "/first");
        var again = first.Clone().With(e => e.OccurredAt = 90 * Minute);

        AssertSessions(Sessions(again, first), "90: FirstEvent");
        AssertSessions(Sessions(first, again), "0: FirstEvent");
    }

    [Fact]
    public void Equal_times_are_in_order_of_sequence_and_then_of_the_bytes_of_the_id()
    {
        var session = Assert.Single(Sessions(
            PageView(0, "/3").With(e => (e.Event.Sequence, e.EventId) = (1, Id(1))),
            PageView(0, "/2").With(e => e.EventId = Google.Protobuf.ByteString.CopyFrom([255, .. new byte[15]])),
            PageView(0, "/1").With(e => e.EventId = Google.Protobuf.ByteString.CopyFrom([127, .. new byte[15]]))));

        Assert.Equal(["/1", "/2", "/3"], session.Journey.Select(step => step.Path));
    }

    [Theory]
    [InlineData(30 * Minute, null)]
    [InlineData(30 * Minute + 1, BoundaryReason.Timeout)]
    public void A_session_is_over_when_its_timeout_has_passed(long now, BoundaryReason? expected)
    {
        var session = Assert.Single(SessionOracle.Sessions(
            [OracleEvent.FromAccepted(PageView(0))], new OracleRules(), now));

        Assert.Equal(expected, session.EndReason);
        Assert.Equal(expected is not null, session.Over);
    }

    [Theory]
    [InlineData(10, "click", true)]
    [InlineData(9.999999, "click", false)]
    [InlineData(0, "pageview", true)]
    public void Exactly_the_thresholds_engage(double seconds, string kind, bool expected) =>
        Assert.Equal(expected, Assert.Single(Sessions(PageView(0), Event(seconds / 60, kind))).Engaged);

    [Fact]
    public void A_single_event_has_no_duration_that_could_engage() =>
        Assert.False(Assert.Single(Sessions(
            new OracleRules { EngagedDuration = TimeSpan.Zero }, PageView(0))).Engaged);

    [Fact]
    public void Ids_are_made_of_site_stream_and_first_event() =>
        Assert.Equal(
            "ce336802-7eb3-85fc-b27b-5da941ebe5ae",
            Published(PageView(0).With(e => e.EventId = Id(7))).SessionId);
}
