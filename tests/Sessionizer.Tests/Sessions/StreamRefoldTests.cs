using SessionPlatform.Contracts.Events.V1;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

public sealed class StreamRefoldTests
{
    private const double Day = 24 * 60;

    private readonly StreamStore _store = new();

    [Fact]
    public void A_late_event_costs_the_session_it_belongs_to_and_not_the_history()
    {
        _store.Apply(HundredDays());

        _store.Apply(PageView((50 * Day) + 4));

        Assert.Equal(2, _store.EventsReloaded);
        Assert.Equal(100, _store.Sessions.Count);
        Assert.Equal(3, _store.Sessions[50].Events);
        Assert.All(_store.Sessions.Where((_, day) => day != 50), session => Assert.Equal(1, session.Revision));
    }

    [Fact]
    public void Two_late_events_far_apart_do_not_cost_what_lies_between()
    {
        _store.Apply(HundredDays());

        _store.Apply(PageView((10 * Day) + 4), PageView((90 * Day) + 4));

        Assert.Equal(4, _store.EventsReloaded);
        Assert.Equal(2, _store.Sessions.Count(session => session.Revision == 2));
    }

    [Fact]
    public void A_late_event_in_a_gap_forms_its_own_session_and_reloads_nothing()
    {
        _store.Apply(PageView(0), PageView(2 * Day));

        _store.Apply(PageView(Day));

        Assert.Equal(0, _store.EventsReloaded);
        Assert.Equal([1, 1, 1], _store.Sessions.Select(session => session.Revision));
        Assert.Equal(BoundaryReason.Inactivity, _store.Sessions[1].EndReason);
    }

    [Fact]
    public void A_late_event_before_all_others_takes_the_place_of_the_first_session()
    {
        _store.Apply(PageView(Day));

        _store.Apply(PageView(0));

        Assert.Equal(
            [BoundaryReason.FirstEvent, BoundaryReason.Inactivity],
            _store.Sessions.Select(session => session.StartReason));
        Assert.Equal([true, false], _store.Sessions.Select(session => session.IsNew));
        Assert.Equal([1, 2], _store.Sessions.Select(session => session.Revision));
        Assert.Equal(BoundaryReason.Inactivity, _store.Sessions[0].EndReason);
        Assert.False(_store.Sessions[1].HasEndReason);
    }

    [Fact]
    public void A_session_whose_first_event_changes_is_retracted_and_replaced()
    {
        _store.Apply(PageView(10));
        var before = _store.Sessions[0];

        _store.Apply(PageView(0));

        var after = Assert.Single(_store.Sessions);
        Assert.NotEqual(before.SessionId, after.SessionId);
        Assert.Equal(2, _store.Retracted[Guid.Parse(before.SessionId)]);
        Assert.Equal(2, after.Events);
    }

    [Fact]
    public void A_late_session_end_splits_a_session()
    {
        _store.Apply(PageView(0), PageView(10), PageView(20));

        _store.Apply(Event(5, "session_end"));

        Assert.Equal([2, 2], _store.Sessions.Select(session => session.Events));
        Assert.Equal(BoundaryReason.Explicit, _store.Sessions[1].StartReason);
    }

    [Fact]
    public void A_late_event_in_between_changes_only_why_the_next_session_begins()
    {
        _store.Apply(PageView(0), PageView(40, key: "B"));

        _store.Apply(PageView(20, key: "A"));

        Assert.Equal(
            [BoundaryReason.FirstEvent, BoundaryReason.SessionKey],
            _store.Sessions.Select(session => session.StartReason));
        Assert.Equal(BoundaryReason.SessionKey, _store.Sessions[0].EndReason);
        Assert.Equal([2, 2], _store.Sessions.Select(session => session.Revision));
        Assert.Equal(0, _store.EventsReloaded);
    }

    [Fact]
    public void Boundaries_that_move_are_followed_until_they_meet_the_old_ones_again()
    {
        _store.Apply(PageView(0), PageView(1, utm: "a"), PageView(2, utm: "b"), PageView(3, utm: "a"), PageView(999));
        Assert.Equal(2, _store.Sessions.Count);

        _store.Apply(Event(0.5, "custom", utm: "x"), Event(-1, "custom", utm: "a"));

        Assert.Equal([2, 1, 1, 1, 1, 1], _store.Sessions.Select(session => session.Events));
        Assert.Equal(4, _store.EventsReloaded);
        Assert.Equal(1, _store.Sessions[^1].Revision);
    }

    [Fact]
    public void A_retracted_session_that_comes_back_goes_on_with_its_revisions()
    {
        _store.Apply(PageView(0), PageView(40));
        var id = Guid.Parse(_store.Sessions[1].SessionId);
        _store.Apply(PageView(20));
        Assert.Equal(2, _store.Retracted[id]);

        _store.Apply(Event(21, "session_end"));

        Assert.Equal([1, 2, 3], _store.Revisions.Where(written => written.SessionId == id).Select(w => w.Revision));
        Assert.Empty(_store.Retracted);
    }

    [Fact]
    public void Late_event_never_shrinks_a_session()
    {
        _store.Apply(PageView(0), PageView(10));

        _store.Apply(PageView(5));

        Assert.Equal(600, Assert.Single(_store.Sessions).Duration.Seconds);
    }

    [Fact]
    public void A_closed_session_that_a_late_event_touches_is_open_again()
    {
        _store.Apply(PageView(0), PageView(10));
        _store.Close((long)Day * Minute);
        Assert.Equal(BoundaryReason.Timeout, _store.Sessions[0].EndReason);

        _store.Apply(PageView(15));

        Assert.False(_store.Sessions[0].HasEndReason);
        Assert.False(_store.Sessions[0].Closed);
        Assert.Equal(3, _store.Sessions[0].Revision);
    }

    private static IEnumerable<AcceptedEvent> HundredDays()
    {
        for (var day = 0; day < 100; day++)
        {
            yield return PageView(day * Day);
            yield return PageView((day * Day) + 9);
        }
    }
}
