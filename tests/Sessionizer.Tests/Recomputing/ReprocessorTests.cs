using FsCheck.Fluent;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Oracle;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;
using SessionPlatform.Sessionizer.Tests.Sessionizing;
using SessionPlatform.Sessionizer.Tests.Sessions;
using static SessionPlatform.Contracts.Sessions.V1.SessionRevision.Types;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Recomputing;

/// <summary>Changed rules: for what begins from then on, or for all of history.</summary>
public sealed class ReprocessorTests(SessionizerDatabase database) : IClassFixture<SessionizerDatabase>
{
    private const long Later = long.MaxValue / 2;

    [Fact]
    public async Task History_is_computed_anew_while_events_arrive_and_ends_as_the_oracle_has_it_by_the_new_rules()
    {
        var scenarios = Scenarios.Arbitrary.Generator.Sample(40, 30).ToList();
        var siteId = await database.AddSiteAsync(scenarios[0].Rules);
        var arrivals = scenarios
            .SelectMany((scenario, visitor) => scenario.Arrivals.DistinctBy(e => e.EventId).Select(e => Of(siteId, $"v{visitor}", e)))
            .ToList();
        var sessionizer = database.NewReplica();
        foreach (var batch in arrivals[..(arrivals.Count / 2)].Chunk(40))
            await sessionizer.ApplyAsync(batch, CancellationToken.None);
        var rules = SiteRulesDefaults.Complete(scenarios[1].Rules);

        Assert.NotNull(await database.RuleChanges.ApplyAsync(
            siteId, rules, expectedVersion: null, reprocess: true, CancellationToken.None));
        var replicas = Enumerable.Range(0, 2).Select(async replica =>
        {
            var one = database.NewReplica();
            foreach (var batch in arrivals[(arrivals.Count / 2)..].Chunk(40).Where((_, at) => at % 2 == replica))
                await one.ApplyAsync(batch, CancellationToken.None);
        });
        await Task.WhenAll([.. replicas, database.ReprocessAllAsync()]);
        await database.CloseAllAsync();

        var expected = SessionOracle.Sessions(
            arrivals.Select(OracleEvent.FromAccepted), OracleRules.From(rules), Later);
        Assert.Equal(
            expected.Select(SessionText.Of).Order(StringComparer.Ordinal),
            (await database.SessionsAsync(siteId)).Select(SessionText.Of).Order(StringComparer.Ordinal));
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
        var progress = await ReprocessTable.FindAsync(database.DataSource, siteId, CancellationToken.None);
        Assert.NotNull(progress!.FinishedAt);
        Assert.True(progress.StreamsDone >= progress.Streams, $"{progress}");
    }

    [Fact]
    public async Task Rules_changed_without_recomputation_leave_history_as_it_is_also_under_late_events()
    {
        var siteId = await database.AddSiteAsync();
        var sessionizer = database.NewReplica();
        await sessionizer.ApplyAsync([Of(siteId, "a", PageView(0)), Of(siteId, "a", PageView(25))], CancellationToken.None);

        await ChangeTimeoutAsync(siteId, minutes: 10, reprocess: false);
        await sessionizer.ApplyAsync([Of(siteId, "a", PageView(50)), Of(siteId, "a", PageView(12))], CancellationToken.None);

        Assert.Equal(4, Assert.Single(await database.SessionsAsync(siteId)).Events);
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
    }

    [Fact]
    public async Task Rules_changed_before_the_first_event_hold_for_events_of_any_age()
    {
        var siteId = await database.AddSiteAsync();

        await ChangeTimeoutAsync(siteId, minutes: 10, reprocess: false);
        await database.NewReplica().ApplyAsync(
            [Of(siteId, "a", PageView(0)), Of(siteId, "a", PageView(25))], CancellationToken.None);

        Assert.Equal(2, (await database.SessionsAsync(siteId)).Count);
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
    }

    [Fact]
    public async Task A_session_that_a_fast_clock_began_after_the_change_is_computed_anew_by_the_new_rules()
    {
        var siteId = await database.AddSiteAsync();
        var ahead = DateTimeOffset.UtcNow.AddMinutes(3).ToUnixTimeMilliseconds() / 60_000.0;
        await database.NewReplica().ApplyAsync(
            [Of(siteId, "a", PageView(ahead)), Of(siteId, "a", PageView(ahead + 0.5))], CancellationToken.None);

        await ChangeTimeoutAsync(siteId, minutes: 0.1, reprocess: false);
        await database.ReprocessAllAsync();

        Assert.Equal(2, (await database.SessionsAsync(siteId)).Count);
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
    }

    [Fact]
    public async Task A_longer_timeout_joins_sessions_and_a_shorter_one_cuts_them_again_under_the_same_ids()
    {
        var siteId = await database.AddSiteAsync();
        await database.NewReplica().ApplyAsync(
            [Of(siteId, "a", PageView(0)), Of(siteId, "a", PageView(40))], CancellationToken.None);
        await database.CloseAllAsync();
        var before = await database.SessionsAsync(siteId);

        await ChangeTimeoutAsync(siteId, minutes: 45, reprocess: true);
        await database.ReprocessAllAsync();
        var joined = Assert.Single(await database.SessionsAsync(siteId));
        Assert.Equal((before[0].SessionId, 2), (joined.SessionId, joined.Events));

        await ChangeTimeoutAsync(siteId, minutes: 30, reprocess: true);
        await database.ReprocessAllAsync();
        var after = await database.SessionsAsync(siteId);
        Assert.Equal(before.Select(s => s.SessionId), after.Select(s => s.SessionId));
        Assert.All(after.Zip(before), pair => Assert.True(pair.First.Revision > pair.Second.Revision));
        var revisions = (await database.Explainer.ExplainAsync(
            siteId, Guid.Parse(after[1].SessionId), CancellationToken.None))!.Revisions;
        Assert.Equal(
            [Cause.NewerEvents, Cause.Closed, Cause.RuleChange, Cause.RuleChange], revisions.Select(r => r.Cause));
        Assert.Equal([false, false, true, false], revisions.Select(r => r.IsRetraction));
        Assert.Equal(after[1].Revision, revisions[^1].LastRevision);
    }

    [Fact]
    public async Task Streams_that_the_rules_leave_as_they_are_get_no_revision()
    {
        var siteId = await database.AddSiteAsync();
        await database.NewReplica().ApplyAsync([Of(siteId, "a", PageView(0))], CancellationToken.None);
        var before = await database.SessionsAsync(siteId);

        await ChangeTimeoutAsync(siteId, minutes: 45, reprocess: true);
        await database.ReprocessAllAsync();

        Assert.Equal(before, await database.SessionsAsync(siteId));
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
    }

    private async Task ChangeTimeoutAsync(string siteId, double minutes, bool reprocess) =>
        Assert.NotNull(await database.RuleChanges.ApplyAsync(
            siteId,
            SiteRulesDefaults.Complete(new SiteRules { Timeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(minutes)) }),
            expectedVersion: null,
            reprocess,
            CancellationToken.None));

    private static AcceptedEvent Of(string siteId, string visitor, AcceptedEvent e) => e.Clone().With(sited =>
    {
        sited.Event.SiteId = siteId;
        sited.StreamKey = sited.Event.VisitorId = visitor;
    });
}
