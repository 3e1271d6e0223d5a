using Google.Protobuf;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Journeys;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Retention;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Metrics;
using SessionPlatform.Funnel.Tests.Retention;
using SessionPlatform.Funnel.Tests.Storage;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>Who was asked before answers like somebody who never was, whatever has come since.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PartialAggregateCacheTests(PostgresFixture postgres)
{
    private static readonly DateTime Now = Sample.Noon;

    private readonly FakeSites sites = new();
    private readonly string siteId = $"kept-{Guid.NewGuid()}";

    [Fact]
    public async Task Asked_again_after_every_change_reports_are_those_of_who_was_never_asked()
    {
        sites.Set(siteId, new SiteRules { TimeZone = "Europe/Zurich" });
        var applier = new Replica(postgres.DataSource, sites).Applier;
        using var again = new Reports(postgres, sites);
        var asked = 0;
        foreach (var batch in Batches())
        {
            await applier.ApplyAsync(batch.Select(Change.Of), CancellationToken.None);
            using var never = new Reports(postgres, sites);
            var expected = await never.AskAsync(siteId).ToListAsync();
            // Only what stays the same from one report to the next is worth remembering.
            for (var time = 0; time < 3; time++)
            {
                var answers = await again.AskAsync(siteId).ToListAsync();
                Assert.All(expected.Zip(answers), both => Assert.Equal($"{both.First}", $"{both.Second}"));
                asked += expected.Count;
            }
        }

        Assert.True(asked > 180, $"{asked} questions");
    }

    /// <summary>First of days that are over, then of those that go on, and now and then a late change.</summary>
    private IEnumerable<SessionFact[]> Batches()
    {
        var documents = new RandomActivity(seed: 5, siteId, Now, visitors: 500).Final.Select(WithJourney)
            .ToLookup(document => document.Session.StartedAt.ToDateTime() < Now.AddDays(-3));
        yield return [.. documents[true].Select(Sample.Updated)];
        var late = new Queue<SessionDocument>(documents[true]);
        foreach (var (index, batch) in documents[false].Chunk(80).Index())
        {
            yield return [.. batch.Select(Sample.Updated)];
            if (index % 3 != 0)
                continue;
            var changed = late.Dequeue().Clone();
            changed.Session.Revision++;
            changed.Session.Journey.Add(new JourneyStep { Path = "/late", At = changed.Session.EndedAt });
            yield return [Sample.Updated(changed)];
        }
    }

    private static SessionDocument WithJourney(SessionDocument document)
    {
        document.Session.Journey.AddRange(document.Timeline
            .Where(happened => happened.Kind == "pageview")
            .Select(happened => new JourneyStep { Path = happened.Path, At = happened.At }));
        return document;
    }

    /// <summary>A replica that keeps what it counted.</summary>
    private sealed class Reports : IDisposable
    {
        private readonly FixedTime time = new() { Now = Now };
        private readonly ColumnsOf columns;
        private readonly ReportDatabase database;
        private readonly MetricReports metrics;
        private readonly JourneyReports journeys;
        private readonly RetentionReports retention;
        private readonly Configurations configurations;

        public Reports(PostgresFixture postgres, FakeSites sites)
        {
            var dataSource = postgres.DataSource;
            columns = new ColumnsOf(dataSource);
            configurations = new Configurations(dataSource, sites);
            database = new ReportDatabase(dataSource, Options.Create(new FunnelOptions()));
            metrics = new MetricReports(dataSource, sites, time);
            journeys = new JourneyReports(
                database, new ColumnJourneys(dataSource, columns.Filters, columns.Scans, columns.Aggregates, time),
                Options.Create(new JourneyOptions()));
            retention = new RetentionReports(
                database, new ActivityReader(dataSource, columns.Filters, columns.Scans, columns.Aggregates, time), dataSource,
                Options.Create(new RetentionOptions()), time);
        }

        public async IAsyncEnumerable<IMessage> AskAsync(string siteId)
        {
            yield return await metrics.SeriesAsync(new GetSeriesRequest
            {
                SiteId = siteId,
                Bucket = Bucket.Week,
                Metrics =
                {
                    Metric.Types.Name.Visitors, Metric.Types.Name.ReturningVisitors, Metric.Types.Name.Users,
                    Metric.Types.Name.MedianDuration, Metric.Types.Name.DurationP90, Metric.Types.Name.LoadTimeP90,
                    Metric.Types.Name.Revenue, Metric.Types.Name.AverageScrollDepth,
                },
            });

            var site = (await configurations.FindAsync(siteId, CancellationToken.None))!;
            var all = new JourneySelection(
                site, new ReportSpan(Instants.First, Instants.Last, Days: null), Segment: null, Cut: null, WithTimes: true);
            yield return await journeys.PathsAsync(
                all, new PathShape(), (1, 4), 30, byDevice: true, CancellationToken.None);
            yield return await journeys.TransitionsAsync(
                all with { WithTimes = false }, new PathShape(), 4, 10, CancellationToken.None);

            var weeks = new GetRetentionRequest
            {
                SiteId = siteId, Interval = Bucket.Week, Returning = new EventMatch { Kind = "purchase" },
            };
            yield return await retention.RetentionAsync(weeks, Read(weeks.Period), site, CancellationToken.None);
            var lifecycle = new GetLifecycleRequest { SiteId = siteId, Interval = Bucket.Week };
            yield return await retention.LifecycleAsync(
                lifecycle, Read(lifecycle.Period), site, CancellationToken.None);
        }

        public void Dispose()
        {
            columns.Dispose();
            metrics.Dispose();
            journeys.Dispose();
            database.Dispose();
        }

        private static AskedPeriod Read(Period? period) =>
            AskedPeriod.Read(period, new SessionPlatform.ServiceDefaults.Grpc.Violations());
    }
}
