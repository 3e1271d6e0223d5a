using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Database;
using static SessionPlatform.Contracts.Metrics.V1.Filter.Types;
using static SessionPlatform.Funnel.Tests.Sample;
using By = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;
using Mark = SessionPlatform.Contracts.Metrics.V1.MarkBotsRequest.Types.Mark;
using Name = SessionPlatform.Contracts.Metrics.V1.Metric.Types.Name;
using Status = Grpc.Core.StatusCode;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

[Collection(PostgresCollection.Name)]
public sealed class MetricsServiceTests(PostgresFixture postgres) : ReportsHost(postgres)
{
    [Fact]
    public async Task Every_violation_of_a_series_is_answered_by_field()
    {
        var request = new GetSeriesRequest
        {
            SiteId = SiteId,
            Metrics = { Name.Unspecified, (Name)999, Name.Sessions },
            Period = new Period
            {
                Range = new TimeRange { From = Noon.ToTimestamp(), To = Noon.ToTimestamp() },
                Days = new DayRange { From = "2025-02-30", To = "1.7.2025" },
            },
            Bucket = (Bucket)77,
            Segment = new Segment
            {
                Filters =
                {
                    new Filter { Dimension = By.Unspecified, Operator = Operator.Is, Values = { "x" } },
                    new Filter { Dimension = By.Path, Operator = Operator.Contains },
                    new Filter { Dimension = By.Path, Operator = Operator.Any, Values = { "x" } },
                    new Filter { Dimension = By.Path, Operator = Operator.Matches, Values = { @"(a)\1", "" } },
                    new Filter
                    {
                        Dimension = By.Path, Operator = (Operator)50, Values = { new string('x', 1025), "\0" },
                    },
                },
            },
            Breakdown = (By)99,
            Limit = 101,
            Comparison = (Comparison)9,
        };

        var error = await RefusedAsync(() => Client.GetSeriesAsync(request, Key("read")));

        Assert.Equal(
            [
                "metrics[0]", "metrics[1]", "period", "period.range.to", "period.days.from", "period.days.to", "bucket",
                "segment.filters[0].dimension", "segment.filters[1].values", "segment.filters[2].values",
                "segment.filters[3].values[0]", "segment.filters[3].values[1]", "segment.filters[4].operator",
                "segment.filters[4].values[0]", "segment.filters[4].values[1]", "breakdown", "limit", "comparison",
            ],
            Fields(error));
    }

    [Fact]
    public async Task Every_violation_of_the_other_requests_is_answered_by_field()
    {
        var topList = new GetTopListRequest
        {
            SiteId = SiteId, Metrics = { Name.Revenue }, Limit = -1,
            Period = new Period { Days = new DayRange { From = "2025-07-02", To = "2025-07-01" } },
        };
        Assert.Equal(
            ["dimension", "metrics[0]", "period.days.to", "limit"],
            Fields(await RefusedAsync(() => Client.GetTopListAsync(topList, Key("read")))));
        Assert.Equal(
            ["metrics"],
            Fields(await RefusedAsync(() => Client.GetTopListAsync(
                new() { SiteId = SiteId, Dimension = By.Path }, Key("read")))));

        var active = new GetActiveVisitorsRequest { SiteId = SiteId, WithinSeconds = 3601, Limit = 1001 };
        Assert.Equal(
            ["within_seconds", "limit"],
            Fields(await RefusedAsync(() => Client.GetActiveVisitorsAsync(active, Key("read")))));

        var mark = new MarkBotsRequest { SiteId = SiteId, VisitorIds = { "", new string('v', 129) }, Mark = (Mark)7 };
        Assert.Equal(
            ["visitor_ids[0]", "visitor_ids[1]", "mark"],
            Fields(await RefusedAsync(() => Client.MarkBotsAsync(mark, Key("admin")))));
        Assert.Equal(
            ["visitor_ids"],
            Fields(await RefusedAsync(() => Client.MarkBotsAsync(new() { SiteId = SiteId }, Key("admin")))));
    }

    [Fact]
    public async Task Every_expression_that_does_not_compile_is_named_and_no_other()
    {
        var request = new GetTopListRequest
        {
            SiteId = SiteId, Dimension = By.Path, Metrics = { Name.Sessions },
            Segment = new Segment
            {
                Filters =
                {
                    new Filter { Dimension = By.Path, Operator = Operator.Matches, Values = { "^/a", "(", @"\\1" } },
                    new Filter { Dimension = By.Source, Operator = Operator.MatchesNot, Values = { "[z-a]" } },
                },
            },
        };
        Assert.Equal(
            ["segment.filters[0].values[1]", "segment.filters[1].values[0]"],
            Fields(await RefusedAsync(() => Client.GetTopListAsync(request, Key("read")))));
    }

    [Theory]
    [InlineData(Bucket.Minute, 2, null)]
    [InlineData(Bucket.Minute, 3, "bucket")]
    [InlineData(Bucket.Hour, 62, null)]
    [InlineData(Bucket.Hour, 63, "bucket")]
    [InlineData(Bucket.Day, 1100, null)]
    [InlineData(Bucket.Day, 1101, "bucket")]
    [InlineData(Bucket.Month, 4000, null)]
    public async Task A_bucket_that_is_too_fine_for_the_range_is_refused(Bucket bucket, int days, string? field)
    {
        var from = new DateOnly(2022, 1, 1);
        var request = new GetSeriesRequest
        {
            SiteId = SiteId, Metrics = { Name.Sessions }, Bucket = bucket,
            Period = new Period
            {
                Days = new DayRange { From = $"{from:yyyy-MM-dd}", To = $"{from.AddDays(days - 1):yyyy-MM-dd}" },
            },
        };
        if (field is null)
            Assert.NotEmpty((await Client.GetSeriesAsync(request, Key("read"))).Series[0].Points);
        else
            Assert.Equal([field], Fields(await RefusedAsync(() => Client.GetSeriesAsync(request, Key("read")))));
    }

    [Fact]
    public async Task An_answer_that_would_be_too_large_says_what_to_narrow()
    {
        var request = new GetSeriesRequest
        {
            SiteId = SiteId, Bucket = Bucket.Minute, Breakdown = By.Path, Limit = 100,
            Metrics = { Name.Sessions, Name.Visitors, Name.Events },
            Period = new Period { Days = new DayRange { From = "2025-07-01", To = "2025-07-01" } },
        };
        var error = await RefusedAsync(() => Client.GetSeriesAsync(request, Key("read")));
        Assert.Equal(Status.ResourceExhausted, error.StatusCode);
        Assert.Contains("longer buckets", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_ended_and_a_cancelled_call_ends_its_own()
    {
        var patient = Database(TimeSpan.FromMinutes(1));
        var error = await Assert.ThrowsAsync<RpcException>(() => SleepAsync(
            Database(TimeSpan.FromMilliseconds(100)), CancellationToken.None));
        Assert.Equal(Status.ResourceExhausted, error.StatusCode);
        Assert.Contains("shorter period", error.Status.Detail, StringComparison.Ordinal);

        using var cancellation = new CancellationTokenSource();
        var sleeping = SleepAsync(patient, cancellation.Token);
        while (await SleepersAsync() == 0)
            await Task.Yield();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping);
        var since = Stopwatch.StartNew();
        while (await SleepersAsync() > 0)
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Marks_change_all_reports_there_and_back()
    {
        var bot = Document(SiteId, "robot", SessionId(SiteId, 1), Noon, 1, Page("/"));
        bot.Session.Bot = "USER_AGENT";
        await ApplyAsync(bot, Document(SiteId, "person", SessionId(SiteId, 2), Noon, 1, Page("/")));
        Assert.Equal(1, await SessionsAsync(includeBots: false));
        Assert.Equal(2, await SessionsAsync(includeBots: true));

        Assert.Equal(1u, await MarkAsync(Mark.Bot, "person", "robot", "nobody"));
        Assert.Equal(0, await SessionsAsync(includeBots: false));
        await ApplyAsync(Document(SiteId, "person", SessionId(SiteId, 3), Noon, 1, Page("/")));
        Assert.Equal((0, 3), (await SessionsAsync(includeBots: false), await SessionsAsync(includeBots: true)));

        Assert.Equal(3u, await MarkAsync(Mark.NotBot, "person", "robot"));
        Assert.Equal(3, await SessionsAsync(includeBots: false));
        Assert.Equal(1u, await MarkAsync(Mark.Unspecified, "person", "robot"));
        Assert.Equal(2, await SessionsAsync(includeBots: false));
        Assert.Equal(0u, await MarkAsync(Mark.Unspecified, "person", "robot"));
    }

    [Fact]
    public async Task Active_visitors_are_on_the_page_of_the_session_they_were_last_seen_in()
    {
        Time.AdjustTime(Noon.AddMinutes(30));
        await ApplyAsync(
            Seen("a", 1, Noon, Noon.AddMinutes(28), "/old"),
            Seen("a", 2, Noon.AddMinutes(1), Noon.AddMinutes(29), "/new"),
            // Exactly the time asked for still counts.
            Seen("b", 3, Noon, Noon.AddMinutes(25), "/new"),
            Seen("c", 4, Noon, Noon.AddMinutes(25).AddTicks(-10), "/new"),
            Seen("d", 5, Noon.AddDays(-20), Noon.AddMinutes(26), ""));

        var answer = await Client.GetActiveVisitorsAsync(new() { SiteId = SiteId }, Key("read"));
        Assert.Equal(3u, answer.Visitors);
        Assert.Equal([("/new", 2u), ("", 1u)], answer.Pages.Select(page => (page.Path, page.Visitors)));

        var one = await Client.GetActiveVisitorsAsync(
            new() { SiteId = SiteId, Limit = 1, WithinSeconds = 3600 }, Key("read"));
        Assert.Equal((4u, 1), (one.Visitors, one.Pages.Count));
    }

    [Fact]
    public async Task Another_site_cannot_be_read_and_one_that_is_not_there_is_not_found()
    {
        var series = new GetSeriesRequest { SiteId = SiteId, Metrics = { Name.Sessions } };
        Assert.Equal(Status.PermissionDenied, (await RefusedAsync(() =>
            Client.GetSeriesAsync(series, Key("other")))).StatusCode);
        Assert.Equal(Status.PermissionDenied, (await RefusedAsync(() =>
            Client.MarkBotsAsync(new() { SiteId = SiteId, VisitorIds = { "v" } }, Key("read")))).StatusCode);
        series.SiteId = "none";
        Assert.Equal(Status.NotFound, (await RefusedAsync(() =>
            Client.GetSeriesAsync(series, Key(PlatformKey)))).StatusCode);
    }

    [Fact]
    public async Task A_site_without_sessions_has_reports_without_anything()
    {
        var series = await Client.GetSeriesAsync(
            new() { SiteId = SiteId, Metrics = { Name.Sessions, Name.BounceRate }, Bucket = Bucket.Day }, Key("read"));
        Assert.Empty(series.Series.Single().Points);
        Assert.Equal([0d, null], series.Series[0].Total.Select(value => value.HasValue ? value.Value : (double?)null));
        var topList = await Client.GetTopListAsync(
            new() { SiteId = SiteId, Dimension = By.Path, Metrics = { Name.PageViews } }, Key("read"));
        Assert.Empty(topList.Rows);
        Assert.Null(topList.Other);
    }

    [Fact]
    public async Task Weeks_begin_on_the_sites_first_day()
    {
        var request = new GetSeriesRequest
        {
            SiteId = SiteId, Metrics = { Name.Sessions }, Bucket = Bucket.Week,
            Period = new Period { Days = new DayRange { From = "2025-07-01", To = "2025-07-06" } },
        };
        Assert.Equal(["2025-06-29T22:00:00Z"], await BeginsAsync(request));
        Sites.Set(SiteId, new SiteRules { TimeZone = "Europe/Zurich", WeekStart = SiteRules.Types.Weekday.Sunday });
        Assert.Equal(["2025-06-28T22:00:00Z", "2025-07-05T22:00:00Z"], await BeginsAsync(request));
    }

    private async Task<IEnumerable<string>> BeginsAsync(GetSeriesRequest request) =>
        (await Client.GetSeriesAsync(request, Key("read"))).Series[0].Points
            .Select(point => $"{point.At.ToDateTime():yyyy-MM-ddTHH:mm:ssZ}");

    private async Task<double> SessionsAsync(bool includeBots) => (await Client.GetSeriesAsync(
        new()
        {
            SiteId = SiteId, Metrics = { Name.Sessions }, Segment = new Segment { IncludeBots = includeBots },
        },
        Key("read"))).Series[0].Total[0].Value;

    private async Task<uint> MarkAsync(Mark mark, params string[] visitors) => (await Client.MarkBotsAsync(
        new() { SiteId = SiteId, VisitorIds = { visitors }, Mark = mark }, Key("admin"))).SessionsChanged;

    private static Task<int> SleepAsync(ReportDatabase database, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (connection, token) =>
            {
                var command = new SqlParameters().ToCommand("SELECT pg_sleep(120), 'a sleeper'");
                await foreach (var _ in ReportDatabase.RowsAsync(connection, command, token))
                {
                }

                return 0;
            },
            cancellationToken);
}
