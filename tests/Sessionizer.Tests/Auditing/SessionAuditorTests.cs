using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Tests.Sessionizing;
using SessionPlatform.Sessionizer.Tests.Sessions;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Auditing;

/// <summary>The audit finds what is wrong, names it, and mends it; and finds nothing where nothing is.</summary>
public sealed class SessionAuditorTests(SessionizerDatabase database) : IClassFixture<SessionizerDatabase>
{
    [Theory]
    [InlineData("UPDATE sessions SET page_views = 99 WHERE site_id = $1 AND is_new", "column page_views")]
    [InlineData("UPDATE sessions SET bounced = NOT bounced WHERE site_id = $1 AND is_new", "column bounced")]
    [InlineData("UPDATE sessions SET visitor_id = 'other' WHERE site_id = $1 AND is_new", "column visitor_id")]
    [InlineData("UPDATE sessions SET revenue = '{\"EUR\": 1}' WHERE site_id = $1 AND is_new", "column revenue")]
    [InlineData("UPDATE sessions SET start_reason = 4 WHERE site_id = $1 AND is_new", "session.start_reason")]
    [InlineData("UPDATE sessions SET is_new = false WHERE site_id = $1 AND is_new", "session.is_new")]
    [InlineData("UPDATE sessions SET state = '\\xffff' WHERE site_id = $1 AND is_new", "state")]
    [InlineData("UPDATE sessions SET timeline = NULL WHERE site_id = $1 AND is_new", "timeline.length")]
    [InlineData("UPDATE sessions SET over_at = over_at + interval '1 s' WHERE site_id = $1 AND is_new", "column over_at")]
    [InlineData("UPDATE sessions SET retracted = true WHERE site_id = $1 AND is_new", "")]
    [InlineData("DELETE FROM sessions WHERE site_id = $1 AND is_new", "")]
    public async Task Damage_done_to_a_stored_session_is_found_named_and_mended(string damage, string field)
    {
        var siteId = await SiteWithSessionsAsync();
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
        var before = (await database.SessionsAsync(siteId)).ConvertAll(SessionText.Of);

        await database.ExecuteAsync(damage, siteId);
        var (found, summary) = await database.AuditAsync(siteId);
        Assert.Contains(found, difference => difference.Field == field);
        Assert.Equal((ulong)found.Count, summary.Differences);

        var (_, repair) = await database.AuditAsync(siteId, repair: true);
        Assert.Equal(1UL, repair.Repaired);
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
        Assert.Equal(before, (await database.SessionsAsync(siteId)).ConvertAll(SessionText.Of));
    }

    [Fact]
    public async Task A_session_without_events_is_found_and_retracted()
    {
        var siteId = await SiteWithSessionsAsync();

        await database.ExecuteAsync("DELETE FROM events WHERE site_id = $1 AND stream_key = 'a'", siteId);

        var (differences, _) = await database.AuditAsync(siteId, repair: true);
        Assert.Equal(2, differences.Count);
        Assert.All(differences, difference => Assert.False(difference.HasRecomputed));
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
        Assert.DoesNotContain(await database.SessionsAsync(siteId), session => session.VisitorId == "a");
    }

    [Fact]
    public async Task A_stream_whose_row_is_gone_is_seen_all_the_same_and_gets_it_back()
    {
        var siteId = await SiteWithSessionsAsync();

        await database.ExecuteAsync("DELETE FROM streams WHERE site_id = $1", siteId);
        await database.ExecuteAsync("UPDATE sessions SET events = 0 WHERE site_id = $1", siteId);

        Assert.NotEmpty((await database.AuditAsync(siteId, repair: true)).Differences);
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
        await database.NewReplica().ApplyAsync([Of(siteId, "a", PageView(13))], CancellationToken.None);
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
    }

    [Fact]
    public async Task A_range_compares_only_the_sessions_that_begin_in_it()
    {
        var siteId = await SiteWithSessionsAsync();
        await database.ExecuteAsync("UPDATE sessions SET events = 0 WHERE site_id = $1", siteId);
        var hour = new Contracts.Common.V1.TimeRange { From = At(100), To = At(200) };

        var (differences, _) = await database.AuditAsync(siteId, range: hour);

        var begun = (await database.SessionsAsync(siteId))
            .Where(session => session.StartedAt >= hour.From && session.StartedAt < hour.To)
            .Select(session => session.SessionId)
            .ToHashSet();
        Assert.NotEmpty(begun);
        Assert.Equal(begun, differences.Select(difference => difference.Subject).ToHashSet());
    }

    [Fact]
    public async Task Unreadable_events_are_named_and_stop_neither_the_audit_nor_the_repair_of_other_streams()
    {
        var siteId = await SiteWithSessionsAsync();
        await database.NewReplica().ApplyAsync([Of(siteId, "b", PageView(3))], CancellationToken.None);
        await database.ExecuteAsync("UPDATE sessions SET events = 0 WHERE site_id = $1", siteId);
        await database.ExecuteAsync(
            "UPDATE events SET event = '\\xff' WHERE site_id = $1 AND stream_key = 'a'", siteId);

        var (differences, summary) = await database.AuditAsync(siteId, repair: true);

        Assert.Contains(
            differences, difference => difference.Subject.StartsWith("event ", StringComparison.Ordinal));
        Assert.Equal(1UL, summary.Repaired);
        Assert.Contains(await database.SessionsAsync(siteId), session => session is { VisitorId: "b", Events: 1 });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Client_decided_sessions_of_racing_replicas_are_those_of_the_oracle_each_visitor_new_once(int replicas)
    {
        var siteId = await database.AddSiteAsync(
            new SiteRules { SessionKey = SiteRules.Types.SessionKeyPolicy.Authoritative });
        var random = new Random(replicas);
        var events = Enumerable.Range(0, 1500).Select(_ => PageView(random.Next(10_000)).With(e =>
        {
            e.Event.SiteId = siteId;
            // Some name their key as the visitor, and some visitors share a key.
            e.StreamKey = e.Event.SessionKey = random.Next(10) == 0 ? $"v{random.Next(20)}" : $"key-{random.Next(120)}";
            // Mostly the same visitor for a key, and now and then its neighbour.
            e.Event.VisitorId = $"v{(e.StreamKey.Sum(c => c) % 20) + random.Next(2)}";
        })).ToList();

        await Task.WhenAll(Enumerable.Range(0, replicas).Select(async replica =>
        {
            var sessionizer = database.NewReplica();
            foreach (var batch in events.Chunk(30).Where((_, number) => number % replicas == replica))
                await ApplyAsync(sessionizer, batch);
        }));

        Assert.Empty((await database.AuditAsync(siteId)).Differences);
        var sessions = await database.SessionsAsync(siteId);
        Assert.Equal(
            sessions.Select(session => session.VisitorId).Distinct().Count(), sessions.Count(session => session.IsNew));
        await database.ExecuteAsync("UPDATE sessions SET is_new = NOT is_new WHERE site_id = $1", siteId);
        Assert.NotEmpty((await database.AuditAsync(siteId, repair: true)).Differences);
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
    }

    // What the consumer does: a deadlock would be tried again, and there is to be none.
    private static Task ApplyAsync(
        SessionPlatform.Sessionizer.Sessionizing.BatchSessionizer sessionizer, AcceptedEvent[] batch) =>
        sessionizer.ApplyAsync(batch, CancellationToken.None);

    // One visitor with two sessions, of which one is new.
    private async Task<string> SiteWithSessionsAsync()
    {
        var siteId = await database.AddSiteAsync();
        await database.NewReplica().ApplyAsync(
            [
                Of(siteId, "a", PageView(0, "/x")), Of(siteId, "a", Event(10, "purchase")), Of(siteId, "a", PageView(150)),
            ],
            CancellationToken.None);
        return siteId;
    }

    private static AcceptedEvent Of(string siteId, string visitor, AcceptedEvent e) => e.With(sited =>
    {
        sited.Event.SiteId = siteId;
        sited.StreamKey = sited.Event.VisitorId = visitor;
    });

    private static Timestamp At(int minute) => new() { Seconds = minute * 60 };
}
