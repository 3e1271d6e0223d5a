using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>A session lives by the rules in force at the time of its first event.</summary>
public sealed class TimelineTests
{
    private static readonly OracleRules Long = new();
    private static readonly OracleRules Short = new() { Timeout = TimeSpan.FromMinutes(5) };

    [Fact]
    public void A_session_keeps_its_rules_when_they_change_in_the_middle_of_it() =>
        AssertSessions(
            Sessions(Timeline((0, Long), (10, Short)), PageView(0), PageView(20), PageView(40)),
            "0 20 40: FirstEvent");

    [Fact]
    public void A_session_that_begins_at_the_moment_of_a_change_lives_by_the_new_rules() =>
        AssertSessions(
            Sessions(
                Timeline((0, Long), (40, Short)), PageView(0), PageView(40), PageView(45), PageView(50.5)),
            "0: FirstEvent", "40 45: Inactivity", "50: Inactivity");

    [Fact]
    public void A_session_that_begins_just_before_a_change_lives_by_the_old_rules() =>
        AssertSessions(
            Sessions(
                Timeline((0, Long), (40, Short)),
                PageView(40).With(e => e.OccurredAt--), PageView(60), PageView(80)),
            "39 60 80: FirstEvent");

    [Fact]
    public void Before_the_first_version_its_rules_hold_already() =>
        AssertSessions(
            Sessions(Timeline((100, Short), (200, Long)), PageView(0), PageView(20)),
            "0: FirstEvent", "20: Inactivity");

    [Fact]
    public void Versions_may_be_given_in_any_order() =>
        AssertSessions(
            Sessions(Timeline((10, Short), (0, Long)), PageView(0), PageView(20)), "0 20: FirstEvent");

    [Fact]
    public void Goals_and_thresholds_are_those_of_the_session()
    {
        var strict = new OracleRules
        {
            Goals = [new OracleGoal(path: "/thanks")], EngagedPageViews = 9, EngagedDuration = TimeSpan.FromHours(1),
        };

        var sessions = Sessions(
            Timeline((0, Long), (50, strict)),
            PageView(40, "/thanks"), PageView(55, "/thanks"), PageView(100, "/"), PageView(101, "/"),
            PageView(200, "/thanks"));

        Assert.Equal([0, 0, 1], sessions.Select(session => session.Conversions));
        Assert.Equal([true, false, true], sessions.Select(session => session.Engaged));
    }

    [Fact]
    public void A_session_is_over_by_its_own_timeout()
    {
        var sessions = SessionOracle.Sessions(
            [OracleEvent.FromAccepted(PageView(0)), OracleEvent.FromAccepted(PageView(31))],
            Timeline((0, Long), (20, Short)), now: 37 * Minute);

        Assert.Equal([true, true], sessions.Select(session => session.Over));
        Assert.False(SessionOracle.Sessions(
            [OracleEvent.FromAccepted(PageView(19))], Timeline((0, Long), (20, Short)), now: 37 * Minute)[0].Over);
    }

    [Fact]
    public void A_site_without_rules_is_refused() =>
        Assert.Throws<ArgumentException>(() => new OracleTimeline([]));

    private static OracleTimeline Timeline(params (double Minute, OracleRules Rules)[] versions) => new(
        versions.Select(version => new OracleRulesVersion((long)(version.Minute * Minute), version.Rules)));
}
