using SessionPlatform.Contracts.Events.V1;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>Sites where the client's session key is the session.</summary>
public sealed class AuthoritativeTests
{
    private static readonly OracleRules Rules = new() { Authoritative = true };

    [Fact]
    public void Events_of_one_key_are_one_session_across_gaps_days_campaigns_and_ends()
    {
        var session = Assert.Single(Sessions(
            Rules with { Midnight = true },
            Keyed("K", PageView(0, utm: "a", referrer: "a.example")),
            Keyed("K", Event(1, "session_end")),
            Keyed("K", Event(2, "session_start")),
            Keyed("K", PageView(20_000, utm: "b", referrer: "b.example"))));

        Assert.Equal(4, session.Events.Count);
        Assert.Equal(BoundaryReason.FirstEvent, session.StartReason);
    }

    [Fact]
    public void Each_key_is_a_session_and_its_visitor_is_that_of_its_first_event()
    {
        var sessions = Sessions(
            Rules,
            Keyed("B", PageView(1), "anna"),
            Keyed("A", PageView(5), "anna"),
            Keyed("A", PageView(3), "berta"));

        Assert.Equal(["A", "B"], sessions.Select(session => session.StreamKey));
        Assert.Equal(["berta", "anna"], sessions.Select(session => session.VisitorId));
        Assert.All(sessions, session => Assert.Equal(BoundaryReason.FirstEvent, session.StartReason));
        Assert.All(sessions, session => Assert.Equal(BoundaryReason.Timeout, session.EndReason));
    }

    [Theory]
    [InlineData(true, BoundaryReason.Explicit)]
    [InlineData(false, BoundaryReason.Timeout)]
    public void It_ends_by_a_session_end_where_those_count(bool explicitBoundaries, BoundaryReason expected) =>
        Assert.Equal(expected, Assert.Single(Sessions(
            Rules with { ExplicitBoundaries = explicitBoundaries },
            Keyed("K", Event(0, "session_end")),
            Keyed("K", PageView(1)))).EndReason);

    [Fact]
    public void It_has_no_end_while_its_timeout_has_not_passed() =>
        Assert.Null(Assert.Single(SessionOracle.Sessions(
            [OracleEvent.FromAccepted(Keyed("K", PageView(0)))], Rules, 30 * Minute)).EndReason);

    [Fact]
    public void The_earliest_session_of_a_visitor_is_new_across_streams_by_the_order_of_first_events()
    {
        var sessions = Sessions(
            Rules,
            Keyed("A", PageView(0).With(e => e.Event.Sequence = 2), "anna"),
            Keyed("B", PageView(0).With(e => e.Event.Sequence = 1), "anna"),
            Keyed("C", PageView(-1), "berta"),
            // Anna was here before, but in berta's session.
            Keyed("C", PageView(-0.5), "anna"),
            Keyed("D", PageView(9), "anna"));

        Assert.Equal([false, true, true, false], sessions.Select(session => session.IsNew));
    }

    [Fact]
    public void Events_with_one_id_are_duplicates_within_their_key_only()
    {
        var e = PageView(0);

        var sessions = Sessions(
            Rules, Keyed("A", e.Clone()), Keyed("A", e.Clone().With(a => a.OccurredAt++)), Keyed("B", e.Clone()));

        Assert.Equal(["A", "B"], sessions.Select(session => session.StreamKey));
        Assert.All(sessions, session => Assert.Single(session.Events));
    }

    [Fact]
    public void The_policy_is_that_of_the_first_version_of_the_rules() =>
        Assert.Single(Sessions(
            new OracleTimeline([new(0, Rules), new(5 * Minute, new OracleRules())]),
            Keyed("K", PageView(6)), Keyed("K", PageView(600))));

    [Fact]
    public void Ids_are_made_of_the_key() =>
        Assert.Equal("5abfa88b-461f-815c-bcce-92837d1f84bb", Assert.Single(Sessions(
            Rules, Keyed("key", PageView(0)).With(e => e.EventId = Id(7)))).ToDocument().Session.SessionId);

    private static AcceptedEvent Keyed(string key, AcceptedEvent e, string visitor = "visitor") => e.With(keyed =>
    {
        keyed.StreamKey = key;
        keyed.Event.SessionKey = key;
        keyed.Event.VisitorId = visitor;
    });
}
