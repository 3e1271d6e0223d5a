using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>Goals make conversions of events.</summary>
public sealed class GoalTests
{
    [Theory]
    [InlineData("/thanks", "/Thanks", true)]
    [InlineData("/thanks", "/thanks/you", false)]
    [InlineData("/order/*/done", "/order/17/done", true)]
    [InlineData("/order/*/done", "/order//done", true)]
    [InlineData("/order/*/done", "/order/17/18/done", false)]
    [InlineData("/order/**", "/order/17/18/done", true)]
    [InlineData("/order/**", "/order", false)]
    [InlineData("/order**", "/orders/1", true)]
    [InlineData("**/done", "/a/b/DONE", true)]
    [InlineData("/a.b+(c)", "/aXb+(c)", false)]
    [InlineData("/a.b+(c)?d[1]", "/A.B+(C)?D[1]", true)]
    [InlineData("/*", "/a\nb", true)]
    [InlineData("/a", "/a\n", false)]
    [InlineData("/grüsse/*", "/GRÜSSE/x", true)]
    [InlineData("/k", "/\u212A", false)]
    public void A_star_is_within_a_segment_and_two_go_across(string glob, string path, bool matches) =>
        Assert.Equal(matches ? 1 : 0, ConversionsOf(PageView(0, path), new OracleGoal(path: glob)));

    [Theory]
    [InlineData("click", "sign_up", "/price", 1)]
    [InlineData("custom", "sign_up", "/price", 0)]
    [InlineData("click", "Sign_up", "/price", 0)]
    [InlineData("click", "sign_up", "/", 0)]
    public void Every_predicate_that_is_given_must_hold(string kind, string name, string path, int expected) =>
        Assert.Equal(expected, ConversionsOf(
            Event(0, kind, path).With(e => e.Event.Name = name), new OracleGoal("click", "sign_up", "/price")));

    [Fact]
    public void An_event_is_one_conversion_however_many_goals_match() =>
        Assert.Equal(1, ConversionsOf(
            Event(0, "purchase", "/thanks"), new OracleGoal(kind: "purchase"), new OracleGoal(path: "/thanks")));

    [Fact]
    public void A_goal_converts_a_session_which_then_neither_bounces_nor_is_idle()
    {
        var session = Assert.Single(Sessions(
            new OracleRules { Goals = [new OracleGoal(path: "/thanks")] }, PageView(0, "/thanks")));

        Assert.True(session.Converted);
        Assert.True(session.Engaged);
        Assert.False(session.Bounced);
    }

    [Fact]
    public void Without_goals_purchases_and_conversions_convert() =>
        Assert.Equal(2, Assert.Single(Sessions(
            PageView(0), Event(1, "purchase"), Event(2, "conversion"), Event(3, "click"))).Conversions);

    private static int ConversionsOf(
        Contracts.Events.V1.AcceptedEvent e, params IReadOnlyList<OracleGoal> goals) =>
        Assert.Single(Sessions(new OracleRules { Goals = goals }, e)).Conversions;
}
