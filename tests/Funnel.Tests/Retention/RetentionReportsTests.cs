using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Retention;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Columns;
using SessionPlatform.Funnel.Tests.Identity;
using SessionPlatform.Funnel.Tests.Metrics;
using SessionPlatform.Funnel.Tests.Storage;
using SessionPlatform.ServiceDefaults.Grpc;
using By = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;
using DayRange = SessionPlatform.Contracts.Metrics.V1.DayRange;

namespace SessionPlatform.Funnel.Tests.Retention;

/// <summary>Whatever is asked of who comes back, the answer is what a count of the events gives.</summary>
[Collection(LongReportsCollection.Name)]
public sealed class RetentionReportsTests(PostgresFixture postgres) : IDisposable
{
    private const int Questions = 15;

    private readonly FakeSites sites = new();
    private readonly FixedTime time = new();
    private readonly ColumnsOf columns = new(postgres.DataSource);
    private readonly ReportDatabase database = new(postgres.DataSource, Options.Create(new FunnelOptions()));

    public void Dispose()
    {
        columns.Dispose();
        database.Dispose();
    }

    [Theory]
    [InlineData("Europe/Zurich", "2025-10-26", 31)]
    [InlineData("America/St_Johns", "2025-03-09", 32)]
    [InlineData("Australia/Lord_Howe", "2025-04-06", 33)]
    public async Task Answers_equal_a_count_of_the_events(string zone, string day, int seed)
    {
        var random = new Random(seed);
        var siteId = $"retention-{Guid.NewGuid()}";
        sites.Set(siteId, new SiteRules { TimeZone = zone, WeekStart = SiteRules.Types.Weekday.Sunday });
        var middle = DateTime.SpecifyKind(DateTime.Parse(day, CultureInfo.InvariantCulture), DateTimeKind.Utc);
        time.Now = middle.AddDays(62).AddHours(5);
        var activity = new RandomActivity(seed, siteId, middle, visitors: 2_000);
        await activity.ApplyAsync(postgres.DataSource, sites);
        var documents = activity.Final;
        var users = new KnownUsers(
            documents.Select(document => document.Session),
            await RevokeAsync(siteId, documents.Select(document => document.Session)));
        var calendar = new LocalCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone), DayOfWeek.Sunday);
        var counted = 0L;
        for (var question = 0; question < Questions; question++)
        {
            var segment = SegmentOf(random);
            var visits = documents.Select(document => new Visit(
                    document, document.Session.HasBot, segment.Unit == Unit.User ? users : null))
                .Where(visit => visit.IsOf(segment));
            var oracle = new RetentionOracle(visits.ToList(), calendar, time.Now);
            var interval = (Bucket)random.Next(2, 6);
            var period = PeriodOf(random, interval, middle);

            var retention = RetentionOf(random, siteId, segment, interval, period);
            var answer = await Reports().RetentionAsync(
                retention, Checked(retention), await ConfigurationAsync(siteId), CancellationToken.None);
            Compare(retention, oracle.Retention(retention), answer);

            var lifecycle = new GetLifecycleRequest
            {
                SiteId = siteId, Segment = segment, Interval = interval, Period = period, Event = retention.Target,
            };
            Compare(lifecycle, oracle.Lifecycle(lifecycle), await Reports().LifecycleAsync(
                lifecycle, Read(period), await ConfigurationAsync(siteId), CancellationToken.None));

            var stickiness = new GetStickinessRequest
            {
                SiteId = siteId, Segment = segment, Interval = interval, Period = period, Event = retention.Returning,
                Cumulative = retention.Rolling,
            };
            Compare(stickiness, oracle.Stickiness(stickiness), await Reports().StickinessAsync(
                stickiness, Read(period), await ConfigurationAsync(siteId), CancellationToken.None));
            counted += answer.Tables.SelectMany(table => table.Cohorts)
                .Sum(cohort => cohort.Returned.Sum(came => came));
        }

        // The questions were not all about nothing.
        Assert.True(counted > 1_000, $"{counted}");
    }

    [Fact]
    public async Task A_report_that_needs_more_than_it_may_says_what_to_narrow()
    {
        var siteId = $"retention-{Guid.NewGuid()}";
        sites.Set(siteId, new SiteRules { TimeZone = "UTC" });
        await new RandomActivity(1, siteId, Sample.Noon, visitors: 50).ApplyAsync(postgres.DataSource, sites);
        time.Now = Sample.Noon.AddDays(60);
        foreach (var (options, word) in new[]
        {
            (new RetentionOptions { MaxSessions = 5 }, "sessions"),
            (new RetentionOptions { MaxActivities = 5 }, "intervals"),
            (new RetentionOptions { MaxNumbers = 5 }, "limit"),
        })
        {
            var request = new GetRetentionRequest { SiteId = siteId, Interval = Bucket.Day };
            var error = await Assert.ThrowsAsync<RpcException>(async () => await Reports(options).RetentionAsync(
                request, Checked(request), await ConfigurationAsync(siteId), CancellationToken.None));
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
            Assert.Contains(word, error.Status.Detail, StringComparison.Ordinal);
        }
    }

    private static GetRetentionRequest RetentionOf(
        Random random, string siteId, Segment segment, Bucket interval, Period period)
    {
        var request = new GetRetentionRequest
        {
            SiteId = siteId,
            Segment = segment,
            Interval = interval,
            Period = period,
            Intervals = random.Next(7),
            Target = MatchOf(random),
            Returning = MatchOf(random),
            Kind = (GetRetentionRequest.Types.Kind)random.Next(3),
            Rolling = random.Next(2) == 0,
            MinimumOccurrences = random.Next(3) == 0 ? random.Next(4) : 0,
        };
        if (random.Next(3) > 0)
            return request;
        request.Breakdown = random.Next(2) == 0 ? By.Channel : By.Country;
        request.Limit = random.Next(4);
        return request;
    }

    private static EventMatch? MatchOf(Random random) => random.Next(6) switch
    {
        0 => new EventMatch { Kind = "purchase" },
        1 => new EventMatch { EventName = "add", ExactPath = "/a" },
        2 => new EventMatch
        {
            Properties =
            {
                new EventMatch.Types.Property
                {
                    Key = "size", Operator = EventMatch.Types.Operator.Greater, Values = { Value.ForNumber(2) },
                },
            },
        },
        3 => new EventMatch
        {
            Kind = "pageview", Session = { new Filter { Dimension = By.Country, Values = { "CH" } } },
        },
        _ => null,
    };

    private static Segment SegmentOf(Random random)
    {
        var segment = new Segment { IncludeBots = random.Next(3) == 0, Unit = (Unit)random.Next(3) };
        if (random.Next(3) == 0)
            segment.Filters.Add(new Filter { Dimension = By.Source, Values = { "news" } });
        return segment;
    }

    private static Period PeriodOf(Random random, Bucket interval, DateTime middle)
    {
        var days = interval switch { Bucket.Hour => 3, Bucket.Day => 20, _ => 70 };
        var from = middle.AddMinutes(-random.Next(1, days * 720));
        if (random.Next(2) == 0)
        {
            return new Period
            {
                Range = new TimeRange
                {
                    From = from.ToTimestamp(), To = middle.AddMinutes(random.Next(1, days * 720)).ToTimestamp(),
                },
            };
        }

        return new Period
        {
            Days = new DayRange
            {
                From = $"{from:yyyy-MM-dd}", To = $"{middle.AddDays(random.Next(days / 2)):yyyy-MM-dd}",
            },
        };
    }

    private async Task<HashSet<(string, string)>> RevokeAsync(
        string siteId, IEnumerable<Contracts.Sessions.V1.Session> sessions)
    {
        var revoked = new HashSet<(string, string)>();
        var ties = new TieTable(postgres.DataSource, time);
        foreach (var session in sessions.Where(session => session.UserId.Length > 0).Take(100))
        {
            await ties.SetAsync(siteId, session.VisitorId, session.UserId, revoked: true, CancellationToken.None);
            revoked.Add((session.VisitorId, session.UserId));
        }

        return revoked;
    }

    private static AskedPeriod Checked(GetRetentionRequest request)
    {
        var violations = new Violations();
        var period = RetentionRules.Check(request, violations);
        violations.ThrowIfAny();
        return period;
    }

    private static AskedPeriod Read(Period period) => AskedPeriod.Read(period, new Violations());

    private RetentionReports Reports(RetentionOptions? options = null) => new(
        database,
        new ActivityReader(postgres.DataSource, columns.Filters, columns.Scans, columns.Aggregates, time),
        postgres.DataSource,
        Options.Create(options ?? new RetentionOptions()),
        time);

    private async Task<SiteConfiguration> ConfigurationAsync(string siteId) =>
        (await new Configurations(postgres.DataSource, sites).FindAsync(siteId, CancellationToken.None))!;

    private static void Compare(IMessage request, IMessage expected, IMessage actual) => Assert.True(
        expected.Equals(actual), $"{request}\nexpected {expected}\nbut was  {actual}");
}
