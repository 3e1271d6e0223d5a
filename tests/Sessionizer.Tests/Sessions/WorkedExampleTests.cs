using SessionPlatform.Contracts.Sites.V1;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>The table "Worked examples" of the session rules, line by line.</summary>
public sealed class WorkedExampleTests
{
    private readonly StreamStore _store = new();

    [Fact]
    public void Exactly_the_timeout_continues()
    {
        _store.Apply(PageView(0), PageView(30));

        Assert.Equal(2, Assert.Single(_store.Sessions).Events);
    }

    [Fact]
    public void A_thousandth_of_a_minute_more_than_the_timeout_starts_a_session()
    {
        _store.Apply(PageView(0), PageView(30.001));

        AssertStarts(BoundaryReason.FirstEvent, BoundaryReason.Inactivity);
    }

    [Fact]
    public void A_late_event_bridges_two_sessions_and_the_second_is_retracted()
    {
        _store.Apply(PageView(0), PageView(40));
        var before = _store.Sessions;
        Assert.Equal(2, before.Count);

        _store.Apply(PageView(20));

        var bridged = Assert.Single(_store.Sessions);
        Assert.Equal(before[0].SessionId, bridged.SessionId);
        Assert.Equal(before[0].Revision + 1, bridged.Revision);
        Assert.Equal(3, bridged.Events);
        var retracted = Assert.Single(_store.Retracted);
        Assert.Equal(Guid.Parse(before[1].SessionId), retracted.Key);
        Assert.Equal(before[1].Revision + 1, retracted.Value);
    }

    [Fact]
    public void Every_20_minutes_for_25_hours_is_cut_at_the_first_event_past_24_hours()
    {
        _store.Apply(Enumerable.Range(0, 76).Select(step => PageView(step * 20)));

        AssertStarts(BoundaryReason.FirstEvent, BoundaryReason.MaxDuration);
        Assert.Equal(73, _store.Sessions[0].Events);
        Assert.Equal((24 * 60 * 60) + (20 * 60), _store.Sessions[1].StartedAt.Seconds);
    }

    [Fact]
    public void Another_campaign_starts_a_session_and_no_campaign_does_not()
    {
        _store.Apply(PageView(0, utm: "a"), PageView(5), PageView(9, utm: "b"));

        AssertStarts(BoundaryReason.FirstEvent, BoundaryReason.Campaign);
        Assert.Equal(9 * 60, _store.Sessions[1].StartedAt.Seconds);
    }

    [Theory]
    [InlineData(SiteRules.Types.CampaignPolicy.BothPresent, 1)]
    [InlineData(SiteRules.Types.CampaignPolicy.Any, 2)]
    [InlineData(SiteRules.Types.CampaignPolicy.Off, 1)]
    public void A_campaign_after_none_starts_a_session_only_under_any(
        SiteRules.Types.CampaignPolicy policy, int sessions)
    {
        var store = new StreamStore(new SiteRules { Campaign = policy });

        store.Apply(PageView(0), PageView(5, utm: "b"));

        Assert.Equal(sessions, store.Sessions.Count);
    }

    [Fact]
    public void The_own_host_and_a_payment_provider_are_no_other_referrer()
    {
        _store.Apply(
            PageView(0, referrer: "google.com"), PageView(3, referrer: OwnHost), PageView(6, referrer: "paypal.com"));

        Assert.Single(_store.Sessions);
    }

    [Fact]
    public void Another_external_referrer_starts_a_session()
    {
        _store.Apply(PageView(0, referrer: "google.com"), PageView(6, referrer: "news.example"));

        AssertStarts(BoundaryReason.FirstEvent, BoundaryReason.Referrer);
    }

    [Fact]
    public void Midnight_does_not_split_a_session()
    {
        _store.Apply(PageView((23 * 60) + 50), PageView((24 * 60) + 10));

        Assert.Single(_store.Sessions);
    }

    [Fact]
    public void Clicks_alone_have_no_entry_no_exit_and_do_not_bounce()
    {
        _store.Apply(Event(0, "click"), Event(1, "click"));

        var session = Assert.Single(_store.Sessions);
        Assert.False(session.HasEntryPage);
        Assert.False(session.HasExitPage);
        Assert.False(session.Attribution.HasLandingPage);
        Assert.False(session.Bounced);
        Assert.Equal(0, session.PageViews);
    }

    [Fact]
    public void A_late_event_joins_the_session_of_its_key()
    {
        _store.Apply(PageView(0, key: "A"), PageView(5, key: "B"));

        _store.Apply(PageView(2, key: "A"));

        AssertStarts(BoundaryReason.FirstEvent, BoundaryReason.SessionKey);
        Assert.Equal([2, 1], _store.Sessions.Select(session => session.Events));
        Assert.Equal(2 * 60, _store.Sessions[0].EndedAt.Seconds);
        Assert.Empty(_store.Retracted);
    }

    [Fact]
    public void A_session_end_ends_the_session_at_its_own_time()
    {
        _store.Apply(PageView(0), Event(5, "session_end"), PageView(6));

        AssertStarts(BoundaryReason.FirstEvent, BoundaryReason.Explicit);
        Assert.Equal(5 * 60, _store.Sessions[0].EndedAt.Seconds);
        Assert.Equal(BoundaryReason.Explicit, _store.Sessions[0].EndReason);
    }

    private void AssertStarts(params BoundaryReason[] reasons) =>
        Assert.Equal(reasons, _store.Sessions.Select(session => session.StartReason));
}
