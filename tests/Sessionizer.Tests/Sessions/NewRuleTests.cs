using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>Midnight, goals, client-decided sessions, and rules that change.</summary>
public sealed class NewRuleTests
{
    private const double Day = 24 * 60;

    [Theory]
    [InlineData("UTC", 2)]
    [InlineData("Europe/Zurich", 1)]
    public void Midnight_of_the_site_splits_a_session_where_the_site_wants_it(string zone, int sessions)
    {
        var store = new StreamStore(new SiteRules { Midnight = true, TimeZone = zone });

        store.Apply(PageView(Day - 10), PageView(Day + 10));

        Assert.Equal(sessions, store.Sessions.Count);
        Assert.Equal(
            sessions == 2 ? BoundaryReason.Midnight : BoundaryReason.FirstEvent, store.Sessions[^1].StartReason);
    }

    [Fact]
    public void The_longest_duration_is_named_before_midnight_and_midnight_before_the_session_key()
    {
        var store = new StreamStore(new SiteRules
        {
            Midnight = true, MaxDuration = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromMinutes(15)),
        });

        store.Apply(PageView(Day - 10), PageView(Day + 10), PageView((2 * Day) - 1, key: "a"), PageView(2 * Day, key: "b"));

        Assert.Equal(
            [BoundaryReason.FirstEvent, BoundaryReason.MaxDuration, BoundaryReason.Inactivity, BoundaryReason.Midnight],
            store.Sessions.Select(session => session.StartReason));
    }

    [Fact]
    public void A_goal_makes_an_event_one_conversion_however_many_goals_it_matches()
    {
        var store = new StreamStore(new SiteRules
        {
            Goals =
            {
                new Goal { Name = "thanks", Path = "/thanks**" },
                new Goal { Name = "any page", Kind = "pageview", Path = "/THANKS/*" },
            },
        });

        store.Apply(PageView(0, "/thanks/1"), Event(1, "click", "/other"));

        var session = Assert.Single(store.Sessions);
        Assert.Equal((1, true, false), (session.Conversions, session.Converted, session.Bounced));
    }

    [Fact]
    public void A_goal_matches_only_where_all_of_its_predicates_hold()
    {
        var store = new StreamStore(new SiteRules
        {
            Goals = { new Goal { Name = "signed up", Kind = "custom", EventName = "signup" } },
        });

        store.Apply(
            Event(0, "custom").With(e => e.Event.Name = "other"),
            Event(1, "click").With(e => e.Event.Name = "signup"),
            Event(2, "custom").With(e => e.Event.Name = "signup"));

        Assert.Equal(1, Assert.Single(store.Sessions).Conversions);
    }

    [Fact]
    public void Where_the_client_decides_no_pause_midnight_campaign_or_explicit_start_cuts_its_session()
    {
        var store = new StreamStore(new SiteRules
        {
            SessionKey = SiteRules.Types.SessionKeyPolicy.Authoritative, Midnight = true,
        });

        store.Apply(
            PageView(0, utm: "a", referrer: "google.com"),
            Event(1, "session_end"),
            Event(5 * Day, "session_start"),
            PageView(40 * Day, utm: "b", referrer: "news.example"));

        var session = Assert.Single(store.Sessions);
        Assert.Equal((4, BoundaryReason.FirstEvent), (session.Events, session.StartReason));
    }

    [Fact]
    public void A_session_lives_by_the_rules_in_force_when_it_began_also_for_events_that_come_after_the_change()
    {
        var store = new StreamStore(Timeline(minutes: [30, 5], from: 100));

        // The first session began before the change and goes on by its 30 minutes; the next one by 5.
        store.Apply(PageView(90), PageView(115), PageView(140), PageView(171), PageView(177));

        Assert.Equal([3, 1, 1], store.Sessions.Select(session => session.Events));
    }

    [Fact]
    public void A_late_event_of_before_the_change_is_judged_by_the_rules_of_its_time()
    {
        var store = new StreamStore(Timeline(minutes: [30, 5], from: 100));
        store.Apply(PageView(0), PageView(200));

        store.Apply(PageView(20));

        Assert.Equal([2, 1], store.Sessions.Select(session => session.Events));
    }

    private static RulesTimeline Timeline(int[] minutes, double from) => new(minutes.Select((timeout, index) =>
        new RulesVersion(index + 1, index == 0 ? 0 : (long)(from * Minute), SessionRules.From(SiteRulesDefaults.Complete(
            new SiteRules
            {
                Timeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromMinutes(timeout)),
            })))));
}
