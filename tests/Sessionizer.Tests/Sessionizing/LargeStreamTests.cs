using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Oracle;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;
using SessionPlatform.Sessionizer.Tests.Sessions;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessionizing;

/// <summary>Bots: streams with very many events.</summary>
public sealed class LargeStreamTests(SessionizerDatabase database) : IClassFixture<SessionizerDatabase>
{
    [Fact]
    public async Task A_stream_that_outgrows_its_filter_still_knows_every_event_it_has()
    {
        var siteId = await database.AddSiteAsync();
        var events = Bot(siteId, 3 * EventIdFilter.MostPrints);
        new Random(7).Shuffle(events);
        var sessionizer = database.NewReplica();
        foreach (var batch in events.Chunk(50))
        {
            await sessionizer.ApplyAsync(batch, CancellationToken.None);
            await sessionizer.ApplyAsync([.. batch.Take(10)], CancellationToken.None);
        }

        await sessionizer.ApplyAsync(events, CancellationToken.None);

        var counts = await ArrivalTable.ReadAsync(database.DataSource, siteId, null, CancellationToken.None);
        Assert.Equal((ulong)events.Length, counts.Events);
        Assert.Equal((ulong)(events.Length + (10 * 16)), counts.Duplicates);
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
    }

    [Fact]
    public async Task A_session_beyond_what_is_kept_of_it_is_the_oracles_also_where_newer_events_leave_it_out()
    {
        var siteId = await database.AddSiteAsync();
        var events = Bot(siteId, 6000, secondsApart: 5);
        // More than 256 KiB, whose end moves with every event that comes before it.
        foreach (var (e, index) in events.Select((e, index) => (e, index)))
            e.Event.Properties.Add("text", Value.ForString(new('x', index % 9 * 41)));
        var sessionizer = database.NewReplica();
        foreach (var batch in events.Chunk(700))
            await sessionizer.ApplyAsync(batch, CancellationToken.None);
        await AssertIsTheOraclesAsync(siteId, events);

        var late = Of(siteId, PageView(7.01, "/late"))
            .With(e => e.Event.Properties.Add("text", Value.ForString(new('y', 1000))));
        await sessionizer.ApplyAsync([late], CancellationToken.None);

        await AssertIsTheOraclesAsync(siteId, [.. events, late]);
        Assert.Empty((await database.AuditAsync(siteId)).Differences);
    }

    [Fact]
    public async Task An_event_newer_than_all_of_its_stream_costs_no_read_of_events()
    {
        foreach (var stored in (int[])[20, 2 * EventIdFilter.MostPrints])
        {
            var siteId = await database.AddSiteAsync();
            var events = Bot(siteId, stored + 20);
            var sessionizer = database.NewReplica();
            await sessionizer.ApplyAsync(events[..stored], CancellationToken.None);
            var before = await ReadsAsync(siteId, stored);

            foreach (var e in events[stored..])
                await sessionizer.ApplyAsync([e], CancellationToken.None);

            Assert.Equal(before, await ReadsAsync(siteId, stored + 20));
        }
    }

    // Scans of the events, once the statistics have caught up with what was inserted.
    private async Task<long> ReadsAsync(string siteId, int stored)
    {
        Assert.Equal(stored, await database.ScalarAsync<long>("SELECT count(*) FROM events WHERE site_id = $1", siteId));
        const string scans = """
            SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)::bigint
            FROM pg_stat_user_tables WHERE relname LIKE 'events\_%'
            """;
        // Every connection of the pool reports at the latest when it is closed; the count above is one scan more.
        database.DataSource.Clear();
        var (last, now) = (-1L, await database.ScalarAsync<long>(scans));
        while (last != now)
        {
            database.DataSource.Clear();
            await Task.Delay(200);
            (last, now) = (now, await database.ScalarAsync<long>(scans));
        }

        var counts = countedScans.GetValueOrDefault(siteId);
        countedScans[siteId] = counts + 1;
        return now - counts - 1;
    }

    private readonly Dictionary<string, int> countedScans = [];

    private async Task AssertIsTheOraclesAsync(string siteId, AcceptedEvent[] events)
    {
        var expected = SessionOracle.Sessions(
            events.Select(OracleEvent.FromAccepted), OracleRules.From(SiteRulesDefaults.Complete(null)), long.MinValue / 2);
        Assert.Equal(
            expected.Select(SessionText.Of), (await database.SessionsAsync(siteId)).Select(SessionText.Of));
    }

    private static AcceptedEvent[] Bot(string siteId, int events, double secondsApart = 60) =>
        [.. Enumerable.Range(0, events).Select(i => Of(siteId, PageView(i * secondsApart / 60, $"/{i % 7}")))];

    private static AcceptedEvent Of(string siteId, AcceptedEvent e) => e.With(sited => sited.Event.SiteId = siteId);
}
