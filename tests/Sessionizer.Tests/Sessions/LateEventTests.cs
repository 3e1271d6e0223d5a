using FsCheck;
using FsCheck.Fluent;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>
/// Mistakes with late events that a well-known product makes: they move the end of a session back, shrink its duration,
/// and pass every test of the timeout.
/// </summary>
public sealed class LateEventTests
{
    private readonly StreamStore _store = new();

    [Fact]
    public void A_late_event_does_not_move_the_end_of_a_session_back()
    {
        _store.Apply(PageView(0), PageView(20));

        _store.Apply(PageView(5));

        Assert.Equal(20 * 60, Assert.Single(_store.Sessions).EndedAt.Seconds);
    }

    [Fact]
    public void A_late_event_never_shrinks_a_session() =>
        Prop.ForAll(Scenarios.Arbitrary, scenario =>
        {
            // Without what cuts sessions, more events only ever make a session longer.
            var rules = scenario.Rules.Clone();
            (rules.ExplicitBoundaries, rules.SessionKeyBoundaries, rules.ReferrerBoundaries) = (false, false, false);
            (rules.Campaign, rules.Midnight) = (Contracts.Sites.V1.SiteRules.Types.CampaignPolicy.Off, false);
            rules.MaxDuration = new() { Seconds = 30 * 86_400 };
            var store = new StreamStore(rules);
            var durations = new Dictionary<string, TimeSpan>();
            foreach (var e in scenario.Arrivals)
            {
                store.Apply(e);
                foreach (var session in store.Sessions)
                {
                    var duration = session.EndedAt.ToDateTime() - session.StartedAt.ToDateTime();
                    Assert.True(duration >= durations.GetValueOrDefault(session.SessionId), $"{session}");
                    durations[session.SessionId] = duration;
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithEndSize(60));

    [Fact]
    public void A_late_event_is_held_to_the_timeout_like_any_other()
    {
        _store.Apply(PageView(100));

        _store.Apply(PageView(69.99), PageView(39.98));

        Assert.Equal(
            [BoundaryReason.FirstEvent, BoundaryReason.Inactivity, BoundaryReason.Inactivity],
            _store.Sessions.Select(session => session.StartReason));
    }

    [Fact]
    public void A_late_event_reads_only_the_sessions_from_the_one_that_holds_it_to_where_the_walks_meet()
    {
        // A bot: a hundred sessions of fifty events.
        _store.Apply(
            from session in Enumerable.Range(0, 100)
            from e in Enumerable.Range(0, 50)
            select PageView((session * 120) + e));

        _store.Apply(PageView((50 * 120) + 10.5));

        Assert.Equal(100, _store.Sessions.Count);
        Assert.Equal(50, _store.EventsReloaded);
    }
}
