using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Tests.Identity;
using SessionPlatform.Funnel.Tests.Reports.Metrics;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>Reports over columns tell of what is stored now, never of what a copy once was of.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FreshReportTests : IDisposable
{
    private readonly FakeSites sites = new();
    private readonly FakeTimeProvider time = new(Sample.Noon.AddDays(41));
    private readonly string siteId = $"fresh-{Guid.NewGuid()}";
    private readonly PostgresFixture postgres;
    private readonly Queue<MetricReports> replicas;
    private readonly Dictionary<string, (int Revision, SessionDocument? Document)> stored = [];

    public FreshReportTests(PostgresFixture postgres)
    {
        this.postgres = postgres;
        // By turns, so that each meets copies that the other one made, and copies of its own that are none any more.
        replicas = new([
            new MetricReports(postgres.DataSource, sites, time), new MetricReports(postgres.DataSource, sites, time)]);
        sites.Set(siteId, new SiteRules { TimeZone = "Europe/Zurich" });
    }

    public void Dispose()
    {
        foreach (var replica in replicas)
            replica.Dispose();
    }

    [Fact]
    public async Task Visitors_before_between_and_after_changes_are_those_that_are_stored()
    {
        const int seed = 21;
        var random = new Random(seed);
        var visits = new RandomVisits(random, siteId, Sample.Noon, sessions: 300);
        await CompareAsync();
        foreach (var batch in visits.Facts.Chunk(120))
        {
            await ApplyAsync(batch);
            await CompareAsync();
        }

        foreach (var documents in random.GetItems(visits.Final.ToArray(), 40).Distinct().Chunk(5))
        {
            await ApplyAsync([.. documents.Select(document => random.Next(4) == 0
                ? Sample.Retracted(document, document.Session.Revision + 1)
                : Sample.Updated(Moved(document, random)))]);
            await CompareAsync();
        }
    }

    [Fact]
    public async Task A_change_that_no_sum_tells_of_is_in_the_next_report()
    {
        var document = Sample.Document(
            siteId, "visitor", Sample.SessionId(siteId, 1), Sample.Noon, 1, Sample.Page("/a"), Sample.Page("/b"));
        document.Session.EndedAt = Sample.Noon.AddMinutes(1).ToTimestamp();
        document.Session.ExitPage = "/b";
        await ApplyAsync(Sample.Updated(document));
        Assert.Equal("/b", await CompareAsync());
        Assert.Equal("/b", await CompareAsync());

        // As many page views, as long, by the same visitor: but it leaves by another page.
        var next = document.Clone();
        next.Session.Revision = 2;
        next.Session.ExitPage = "/c";
        await ApplyAsync(Sample.Updated(next));
        Assert.Equal("/c", await CompareAsync());
        Assert.Equal("/c", await CompareAsync());
    }

    private static SessionDocument Moved(SessionDocument document, Random random)
    {
        var moved = document.Clone();
        moved.Session.Revision++;
        moved.Session.ExitPage = moved.Session.Journey.Count == 0 ? "" : "/moved";
        if (random.Next(2) == 0)
            moved.Session.IsNew = !document.Session.IsNew;
        if (random.Next(3) == 0)
            moved.Session.EndedAt = document.Session.EndedAt.ToDateTime().AddSeconds(7).ToTimestamp();
        return moved;
    }

    private async Task ApplyAsync(params SessionFact[] facts)
    {
        await new Replica(postgres.DataSource, sites).Applier.ApplyAsync(
            facts.Select(Change.Of), CancellationToken.None);
        foreach (var fact in facts)
        {
            var document = fact.Updated?.Document;
            var id = document?.Session.SessionId ?? fact.Retracted.SessionId;
            var revision = document?.Session.Revision ?? fact.Retracted.Revision;
            if (stored.GetValueOrDefault(id).Revision < revision)
                stored[id] = (revision, document);
        }
    }

    /// <summary>Asks another replica than before.</summary>
    /// <returns>The exit page that most visitors had, if any.</returns>
    private async Task<string?> CompareAsync()
    {
        var visits = stored.Values.Select(entry => entry.Document).OfType<SessionDocument>()
            .Select(document => new Visit(document, Visit.LooksLikeBot(document))).ToList();
        var expected = new BruteForce(
            visits,
            new KnownUsers(visits.Select(visit => visit.Session), new HashSet<(string Visitor, string User)>()),
            new LocalCalendar(TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich"), DayOfWeek.Monday));
        var series = new GetSeriesRequest
        {
            SiteId = siteId,
            Bucket = Bucket.Day,
            Period = new Period { Days = new DayRange { From = "2025-05-01", To = "2025-08-31" } },
            Metrics =
            {
                Metric.Types.Name.Visitors, Metric.Types.Name.NewVisitors, Metric.Types.Name.MedianDuration,
                Metric.Types.Name.Revenue,
            },
        };
        var exits = new GetTopListRequest
        {
            SiteId = siteId,
            Dimension = Dimension.Types.Name.ExitPage,
            Metrics = { Metric.Types.Name.Visitors, Metric.Types.Name.Sessions },
        };
        // Sums over whole days are remembered.
        var pages = new GetTopListRequest
        {
            SiteId = siteId,
            Dimension = Dimension.Types.Name.Path,
            Metrics = { Metric.Types.Name.PageViews, Metric.Types.Name.Entries },
            Segment = new Segment { IncludeBots = stored.Count % 2 == 0 },
        };
        replicas.Enqueue(replicas.Dequeue());
        AnswerLine.Compare(
            series, expected.Series(series, time.GetUtcNow().UtcDateTime), await replicas.Peek().SeriesAsync(series));
        AnswerLine.Compare(
            pages, expected.TopList(pages, time.GetUtcNow().UtcDateTime), await replicas.Peek().TopListAsync(pages));
        var answer = await replicas.Peek().TopListAsync(exits);
        AnswerLine.Compare(exits, expected.TopList(exits, time.GetUtcNow().UtcDateTime), answer);
        return answer.Rows.FirstOrDefault()?.Value;
    }
}
