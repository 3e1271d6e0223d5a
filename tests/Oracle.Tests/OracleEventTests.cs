using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>Events as clients send them and as ingestion hands them on.</summary>
public sealed class OracleEventTests
{
    private const long Received = 1_000_000 * Second;

    [Fact]
    public void An_accepted_event_says_its_stream_and_its_visitor()
    {
        var e = OracleEvent.FromAccepted(PageView(0).With(accepted => accepted.StreamKey = "key"));

        Assert.Equal("key", e.StreamKey);
        Assert.Equal("visitor", e.VisitorId);
        Assert.NotNull(e.Accepted);
    }

    [Theory]
    [InlineData(false, "visitor")]
    [InlineData(true, "key")]
    public void The_stream_of_an_event_as_sent_is_its_visitor_or_its_key_by_the_rules(
        bool authoritative, string expected) =>
        Assert.Equal(expected, OracleEvent.FromSent(
            Sent(e => e.SessionKey = "key"), Received,
            rules: new OracleRules { Authoritative = authoritative }).StreamKey);

    [Theory]
    // The client's clock, in seconds behind the receipt; when it sent; what it comes to.
    [InlineData(10, null, 10)]
    [InlineData(-300, null, -300)]
    [InlineData(-301, null, 0)]
    [InlineData(110, 100, 10)]
    [InlineData(-3500, -3600, 100)]
    public void Times_are_corrected_by_the_client_s_clock_and_never_far_ahead(
        int behind, int? sentBehind, int expected) =>
        Assert.Equal(
            Received - expected * Second,
            OracleEvent.FromSent(
                Sent(e => e.ClientTime = new Timestamp { Seconds = Received / Second - behind }), Received,
                Received - sentBehind * Second).OccurredAt);

    [Fact]
    public void A_clock_that_is_less_than_a_second_off_is_right() =>
        Assert.Equal(Received, OracleEvent.FromSent(
            Sent(e => e.ClientTime = new Timestamp { Seconds = Received / Second }), Received,
            Received - Second + 1).OccurredAt);

    [Theory]
    [InlineData("5abfa88b-461f-815c-bcce-92837d1f84bb", "5abfa88b-461f-815c-bcce-92837d1f84bb")]
    [InlineData("order 1", "f3d6f0d5-5b05-8fde-b011-6c2eaffd74e9")]
    public void An_id_is_a_UUID_or_stands_for_that_of_its_hash(string sent, string expected) =>
        Assert.Equal(expected, new Guid(
            OracleEvent.FromSent(Sent(e => e.EventId = sent), Received).Id, bigEndian: true).ToString());

    [Theory]
    [InlineData("https://www.Shop.example:443/a%C3%A4/?id=1&x=2#f", "/aä?id=1", "shop.example")]
    [InlineData("/", "/", "")]
    [InlineData("", "", "")]
    public void Paths_and_hosts_come_from_the_URL(string url, string path, string host)
    {
        var e = OracleEvent.FromSent(
            Sent(sent => sent.Url = url), Received, rules: new OracleRules { KeptQueryKeys = ["id"] });

        Assert.Equal((path, host), (e.Path, e.Host));
    }

    [Fact]
    public void A_campaign_is_the_given_one_or_that_of_the_query()
    {
        const string url = "/?utm_source=+q+&utm_term=t";

        Assert.Equal(
            new OracleUtm("q", "", "", "t", ""), OracleEvent.FromSent(Sent(e => e.Url = url), Received).Utm);
        Assert.Equal(
            new OracleUtm("", "given", "", "", ""),
            OracleEvent.FromSent(Sent(e => (e.Url, e.Utm) = (url, new Utm { Medium = " given " })), Received).Utm);
        // Without source, medium and campaign it is none.
        Assert.Equal("q", OracleEvent.FromSent(
            Sent(e => (e.Url, e.Utm) = (url, new Utm { Term = "x", Source = " " })), Received).Utm?.Source);
        Assert.Null(OracleEvent.FromSent(Sent(e => e.Url = "/?utm_term=t"), Received).Utm);
    }

    private static Event Sent(Action<Event> change)
    {
        var sent = new Event { EventId = "e", SiteId = "shop", VisitorId = "visitor", Kind = "pageview" };
        change(sent);
        return sent;
    }
}
