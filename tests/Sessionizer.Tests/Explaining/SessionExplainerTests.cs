using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Storage;
using SessionPlatform.Sessionizer.Tests.Sessionizing;
using SessionPlatform.Sessionizer.Tests.Sessions;
using static SessionPlatform.Contracts.Sessions.V1.SessionRevision.Types;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Explaining;

/// <summary>Why a session is what it is, and how late its events came.</summary>
public sealed class SessionExplainerTests(SessionizerDatabase database) : IClassFixture<SessionizerDatabase>
{
    [Fact]
    public async Task Start_end_and_each_event_name_the_rule_and_its_figures()
    {
        var siteId = await database.AddSiteAsync();
        var sessionizer = database.NewReplica();
        await sessionizer.ApplyAsync(
            [
                Of(siteId, PageView(0, utm: "a")), Of(siteId, PageView(40)),
                Of(siteId, PageView(44, referrer: "paypal.com")), Of(siteId, Event(50, "session_start")),
            ],
            CancellationToken.None);
        var second = (await database.SessionsAsync(siteId))[1];

        var explained = await ExplainAsync(siteId, second.SessionId);

        Assert.Equal("40 min after the event before; the timeout is 30 min", explained.Start);
        Assert.Equal("the next event started another session: it is a session_start", explained.End);
        Assert.Equal(
            [Session.Types.BoundaryReason.Inactivity, Session.Types.BoundaryReason.Unspecified, Session.Types.BoundaryReason.Explicit],
            explained.Events.Select(e => e.StartReason));
        Assert.Equal(
            "4 min after the event before, within the timeout of 30 min; referrer paypal.com is the site's own or ignored",
            explained.Events[1].Why);
    }

    [Fact]
    public async Task Revisions_name_late_events_and_the_sessions_that_were_retracted_into_it()
    {
        var siteId = await database.AddSiteAsync();
        var sessionizer = database.NewReplica();
        await sessionizer.ApplyAsync([Of(siteId, PageView(0)), Of(siteId, PageView(40))], CancellationToken.None);
        var before = await database.SessionsAsync(siteId);
        var bridge = Of(siteId, PageView(20).With(e => e.ReceivedAt = 100 * Minute));
        await sessionizer.ApplyAsync([bridge], CancellationToken.None);
        await sessionizer.ApplyAsync([bridge, bridge], CancellationToken.None);

        var joined = await ExplainAsync(siteId, before[0].SessionId);
        Assert.Equal([Cause.NewerEvents, Cause.LateEvents], joined.Revisions.Select(r => r.Cause));
        Assert.Equal((1u, 2), (joined.Revisions[1].NewEvents, joined.Revisions[1].LastRevision));
        Assert.Equal([before[1].SessionId], joined.Revisions[1].Retracted);
        Assert.Equal([false, true, false], joined.Events.Select(e => e.Late));
        Assert.Equal([0u, 2u, 0u], joined.Events.Select(e => e.Duplicates));

        var retracted = await ExplainAsync(siteId, before[1].SessionId);
        Assert.True(retracted.Retracted);
        Assert.Equal([before[0].SessionId], retracted.NowIn);
        Assert.True(retracted.Revisions[^1].IsRetraction);
    }

    [Fact]
    public async Task An_event_for_a_retracted_session_brings_it_back_where_its_tombstone_stands()
    {
        var siteId = await database.AddSiteAsync();
        var sessionizer = database.NewReplica();
        await sessionizer.ApplyAsync([Of(siteId, PageView(0)), Of(siteId, PageView(40))], CancellationToken.None);
        var before = await database.SessionsAsync(siteId);
        await sessionizer.ApplyAsync([Of(siteId, PageView(20))], CancellationToken.None);

        await sessionizer.ApplyAsync([Of(siteId, Event(30, "session_end"))], CancellationToken.None);

        var after = await database.SessionsAsync(siteId);
        Assert.Equal(before.Select(s => s.SessionId), after.Select(s => s.SessionId));
        Assert.Equal([3, 3], after.Select(s => s.Revision));
        var back = await ExplainAsync(siteId, after[1].SessionId);
        Assert.Equal([1, 2, 3], back.Revisions.Select(r => r.LastRevision));
        Assert.Equal([false, true, false], back.Revisions.Select(r => r.IsRetraction));
    }

    [Fact]
    public void A_session_that_changes_ten_thousand_times_keeps_a_short_history_with_all_of_its_revisions()
    {
        byte[] history = [];
        for (var i = 0; i < 10_000; i++)
        {
            history = SessionPlatform.Sessionizer.Sessions.RevisionHistory.Add(history, new()
            {
                Cause = i % 3 == 0 ? Cause.Closed : i % 3 == 1 ? Cause.NewerEvents : Cause.LateEvents, Revisions = 1, NewEvents = 1,
            });
        }

        var revisions = SessionPlatform.Sessionizer.Sessions.RevisionHistory.Read(history).ToList();

        Assert.InRange(history.Length, 1, 2000);
        Assert.Equal((Cause.Earlier, 1), (revisions[0].Cause, revisions[0].FirstRevision));
        Assert.Equal(10_000, revisions[^1].LastRevision);
        Assert.Equal(10_000, revisions.Sum(r => r.NewEvents));
    }

    [Fact]
    public async Task Lateness_is_counted_by_arrival_whatever_the_batches()
    {
        AcceptedEvent[] arrivals =
        [
            PageView(0), PageView(40), PageView(39.99), PageView(20), Event(30, "session_end"), PageView(45),
            PageView(-1), PageView(60 * 24).With(e => e.ClockClamped = true),
        ];
        foreach (var size in (int[])[1, 3, 8])
        {
            var siteId = await database.AddSiteAsync();
            var sessionizer = database.NewReplica();
            foreach (var batch in arrivals.Concat(arrivals.Take(2)).Chunk(size))
                await sessionizer.ApplyAsync([.. batch.Select(e => Of(siteId, e.Clone()))], CancellationToken.None);

            var counts = await ArrivalTable.ReadAsync(database.DataSource, siteId, null, CancellationToken.None);

            Assert.Equal((8ul, 4ul, 2ul, 1ul), (counts.Events, counts.LateEvents, counts.Duplicates, counts.ClockClamped));
            Assert.Equal([1ul, 0ul, 0ul, 1ul, 2ul, 0ul, 0ul], counts.Classes.Select(c => c.Events));
            if (size == 1)
            {
                // 39.99 and 20 extend a session each, the first of them at its front; 20 joins both; the end cuts them.
                Assert.Equal(
                    (1ul, 1ul), (counts.SessionsMerged, counts.SessionsSplit));
                Assert.Equal(3ul, counts.SessionsRetracted);
            }

            var none = await ArrivalTable.ReadAsync(
                database.DataSource, siteId, new() { To = new() { Seconds = 1000 } }, CancellationToken.None);
            Assert.Equal(0ul, none.Events);
        }
    }

    private async Task<ExplainSessionResponse> ExplainAsync(string siteId, string sessionId) =>
        (await database.Explainer.ExplainAsync(siteId, Guid.Parse(sessionId), CancellationToken.None))!;

    private static AcceptedEvent Of(string siteId, AcceptedEvent e) => e.With(sited => sited.Event.SiteId = siteId);
}
