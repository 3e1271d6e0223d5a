using FsCheck.Fluent;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Oracle;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Tests.Sessions;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessionizing;

/// <summary>
/// The sessionizer on a real database: whatever it is given, in whatever order, by however many replicas.
/// </summary>
public sealed class BatchSessionizerTests(SessionizerDatabase database) : IClassFixture<SessionizerDatabase>
{
    private const long Later = long.MaxValue / 2;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Replicas_side_by_side_store_the_sessions_of_the_oracle(int replicas)
    {
        var scenarios = Scenarios.Arbitrary.Generator.Sample(40, 60).ToList();
        var sites = new List<(string SiteId, Scenario Scenario, List<AcceptedEvent> Arrivals)>();
        foreach (var scenario in scenarios)
        {
            var siteId = await database.AddSiteAsync(scenario.Rules);
            sites.Add((siteId, scenario, ArrivalsOf(scenario, siteId)));
        }

        // Batches hold events of many streams, and each replica takes batches of any stream.
        var batches = Interleave(sites.Select(site => site.Arrivals)).Chunk(25).ToList();
        await Task.WhenAll(Enumerable.Range(0, replicas).Select(async replica =>
        {
            var sessionizer = database.NewReplica();
            foreach (var batch in batches.Where((_, number) => number % replicas == replica))
                await sessionizer.ApplyAsync(batch, CancellationToken.None);
        }));
        await database.CloseAllAsync();

        foreach (var (siteId, scenario, arrivals) in sites)
        {
            var expected = SessionOracle.Sessions(
                arrivals.Select(OracleEvent.FromAccepted),
                OracleRules.From(SiteRulesDefaults.Complete(scenario.Rules)), Later);
            var stored = await database.SessionsAsync(siteId);
            Assert.Equal(
                expected.Select(SessionText.Of).Order(StringComparer.Ordinal),
                stored.Select(SessionText.Of).Order(StringComparer.Ordinal));
            Assert.All(stored, session => Assert.True(session.Closed));
            Assert.Empty((await database.AuditAsync(siteId)).Differences);
        }
    }

    [Fact]
    public async Task A_batch_that_is_delivered_again_changes_nothing()
    {
        var siteId = await database.AddSiteAsync();
        AcceptedEvent[] batch = [Of(siteId, PageView(0)), Of(siteId, PageView(40)), Of(siteId, PageView(5))];
        var sessionizer = database.NewReplica();
        await sessionizer.ApplyAsync(batch, CancellationToken.None);
        var before = await database.SessionsAsync(siteId);

        await sessionizer.ApplyAsync(batch, CancellationToken.None);

        Assert.Equal(before, await database.SessionsAsync(siteId));
        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM events WHERE site_id = $1", siteId));
    }

    [Fact]
    public async Task An_event_id_that_comes_again_at_another_time_months_later_is_a_duplicate()
    {
        var siteId = await database.AddSiteAsync();
        var sessionizer = database.NewReplica();
        await sessionizer.ApplyAsync([Of(siteId, PageView(0, id: 7))], CancellationToken.None);

        await sessionizer.ApplyAsync([Of(siteId, PageView(90 * 24 * 60, id: 7))], CancellationToken.None);

        Assert.Single(await database.SessionsAsync(siteId));
    }

    [Fact]
    public async Task A_batch_that_is_cancelled_before_its_commit_leaves_nothing_behind()
    {
        var siteId = await database.AddSiteAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            database.NewReplica().ApplyAsync([Of(siteId, PageView(0))], cancelled.Token));

        Assert.Empty(await database.SessionsAsync(siteId));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM streams WHERE site_id = $1", siteId));
    }

    [Fact]
    public async Task Events_that_no_session_can_hold_are_kept_as_rejected_once_and_those_around_them_count()
    {
        var siteId = await database.AddSiteAsync();
        AcceptedEvent[] batch =
        [
            Of(siteId, PageView(0)),
            Of("nobody", PageView(1)),
            Of(siteId, PageView(2).With(e => e.EventId = Google.Protobuf.ByteString.CopyFromUtf8("short"))),
            Of(siteId, PageView(3).With(e => e.Event.Revenue = new() { Amount = "much", Currency = "EUR" })),
            Of(siteId, PageView(4).With(e => e.Path = "/\0")),
            Of(siteId, PageView(5)),
        ];
        var sessionizer = database.NewReplica();
        await sessionizer.ApplyAsync(batch, CancellationToken.None);
        await sessionizer.ApplyAsync(batch, CancellationToken.None);

        Assert.Equal(2, Assert.Single(await database.SessionsAsync(siteId)).Events);
        Assert.Equal(3, await database.ScalarAsync<long>(
            "SELECT count(*) FROM rejected_events WHERE site_id = $1 AND reason = 'MALFORMED'", siteId));
        Assert.Equal(1, await database.ScalarAsync<long>(
            "SELECT count(*) FROM rejected_events WHERE site_id = 'nobody' AND reason = 'UNKNOWN_SITE'"));
    }

    [Fact]
    public async Task A_bridging_late_event_retracts_the_second_session_and_leaves_a_tombstone_to_announce()
    {
        var siteId = await database.AddSiteAsync();
        var sessionizer = database.NewReplica();
        await sessionizer.ApplyAsync([Of(siteId, PageView(0)), Of(siteId, PageView(40))], CancellationToken.None);
        var second = (await database.SessionsAsync(siteId))[1];

        await sessionizer.ApplyAsync([Of(siteId, PageView(20))], CancellationToken.None);

        var merged = Assert.Single(await database.SessionsAsync(siteId));
        Assert.Equal((3, 2), (merged.Events, merged.Revision));
        Assert.Equal(2, await database.ScalarAsync<int>(
            "SELECT revision FROM unpublished_sessions WHERE site_id = $1 AND session_id = $2",
            siteId, Guid.Parse(second.SessionId)));
    }

    [Fact]
    public async Task A_closed_session_that_a_late_event_extends_is_open_again_and_closed_again()
    {
        var siteId = await database.AddSiteAsync();
        var sessionizer = database.NewReplica();
        await sessionizer.ApplyAsync([Of(siteId, PageView(0)), Of(siteId, PageView(10))], CancellationToken.None);
        await database.CloseAllAsync();
        var closed = Assert.Single(await database.SessionsAsync(siteId));
        Assert.Equal((true, BoundaryReason.Timeout, 2), (closed.Closed, closed.EndReason, closed.Revision));

        await sessionizer.ApplyAsync([Of(siteId, PageView(15))], CancellationToken.None);
        var open = Assert.Single(await database.SessionsAsync(siteId));
        Assert.Equal((false, false, 3), (open.Closed, open.HasEndReason, open.Revision));

        await database.CloseAllAsync();
        var again = Assert.Single(await database.SessionsAsync(siteId));
        Assert.Equal((true, BoundaryReason.Timeout, 4), (again.Closed, again.EndReason, again.Revision));
    }

    [Fact]
    public async Task Many_sessions_that_begin_at_one_moment_stay_in_order_under_late_events()
    {
        var siteId = await database.AddSiteAsync();
        var sessionizer = database.NewReplica();
        var starts = Enumerable.Range(0, 40).Select(_ => Of(siteId, Event(10, "session_start"))).ToList();
        AcceptedEvent[] late = [Of(siteId, PageView(9)), Of(siteId, PageView(11)), Of(siteId, PageView(8))];
        await sessionizer.ApplyAsync(starts, CancellationToken.None);
        foreach (var e in late)
            await sessionizer.ApplyAsync([e], CancellationToken.None);
        await database.CloseAllAsync();

        var expected = SessionOracle.Sessions(
            starts.Concat(late).Select(OracleEvent.FromAccepted), new OracleRules(), Later);
        Assert.Equal(41, expected.Count);
        Assert.Equal(
            expected.Select(SessionText.Of).Order(StringComparer.Ordinal),
            (await database.SessionsAsync(siteId)).Select(SessionText.Of).Order(StringComparer.Ordinal));
    }

    private static AcceptedEvent Of(string siteId, AcceptedEvent e) => e.With(sited => sited.Event.SiteId = siteId);

    // Which of two events with one id arrives first is up to chance where replicas race: here they are the same event.
    private static List<AcceptedEvent> ArrivalsOf(Scenario scenario, string siteId)
    {
        var first = scenario.Arrivals.DistinctBy(e => e.EventId).ToDictionary(e => e.EventId);
        return scenario.Arrivals
            .Select(e => first[e.EventId].Clone().With(copy => copy.Event.SiteId = siteId))
            .ToList();
    }

    private static IEnumerable<AcceptedEvent> Interleave(IEnumerable<List<AcceptedEvent>> streams)
    {
        var left = streams.ToList();
        for (var index = 0; left.Count > 0; index++)
        {
            left.RemoveAll(stream => stream.Count <= index);
            foreach (var stream in left)
                yield return stream[index];
        }
    }
}
