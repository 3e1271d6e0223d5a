using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using Metrics = SessionPlatform.Contracts.Metrics.V1.Metric.Types.Name;
using Path = SessionPlatform.Contracts.Journeys.V1.Path;

namespace SessionPlatform.Cli.Tests.Reports;

public sealed class ReportViewTests
{
    private static readonly DateTime Day = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_series_shows_its_totals_with_charts_and_its_points_with_bars()
    {
        var request = new GetSeriesRequest
        {
            SiteId = "shop", Metrics = { Metrics.Sessions, Metrics.BounceRate }, Bucket = Bucket.Day,
        };
        var series = new Series { Total = { Of(Metrics.Sessions, 12), Of(Metrics.BounceRate, 0.25) } };
        // Midnights in Zurich.
        foreach (var (sessions, day) in new[] { (0, 0), (4, 1), (8, 2) })
        {
            series.Points.Add(new SeriesPoint
            {
                At = Day.AddDays(day).AddHours(-1).ToTimestamp(),
                Values =
                {
                    Of(Metrics.Sessions, sessions),
                    sessions == 0 ? new MetricValue { Metric = Metrics.BounceRate } : Of(Metrics.BounceRate, 0.25),
                },
            });
        }

        Assert.Equal(
            """
            ╭──────┬─────────────┬─────┬────────╮
            │ shop │ Metric      │     │  Total │
            ├──────┼─────────────┼─────┼────────┤
            │      │ sessions    │ ▁▅█ │     12 │
            │      │ bounce rate │  ██ │ 25.0 % │
            ╰──────┴─────────────┴─────┴────────╯
            ╭─────────────────────┬──────────────────────────┬──────────┬─────────────╮
            │ Day (Europe/Zurich) │                          │ sessions │ bounce rate │
            ├─────────────────────┼──────────────────────────┼──────────┼─────────────┤
            │ 2026-03-01          │                          │        0 │           – │
            │ 2026-03-02          │ ████████████             │        4 │      25.0 % │
            │ 2026-03-03          │ ████████████████████████ │        8 │      25.0 % │
            ╰─────────────────────┴──────────────────────────┴──────────┴─────────────╯

            """,
            Text(
                new() { Series = request },
                new() { Series = new() { Series = { series }, TimeZone = "Europe/Zurich" } }));
    }

    [Fact]
    public void A_compared_breakdown_shows_each_value_with_its_change()
    {
        var request = new GetSeriesRequest
        {
            SiteId = "shop",
            Metrics = { Metrics.Sessions },
            Breakdown = Dimension.Types.Name.Country,
            Comparison = Comparison.PreviousYear,
        };
        var answer = new GetSeriesResponse
        {
            Series = { One("CH", 150), One("", 3), new Series { IsOther = true, Total = { Of(Metrics.Sessions, 7) } } },
            Compared =
            {
                One("CH", 100), One("", 0), new Series { IsOther = true, Total = { Of(Metrics.Sessions, 14) } },
            },
        };

        Assert.Equal(
            """
            ╭─────────┬──────────┬──┬───────┬─────────┬─────────╮
            │ country │ Metric   │  │ Total │ Earlier │  Change │
            ├─────────┼──────────┼──┼───────┼─────────┼─────────┤
            │ CH      │ sessions │  │   150 │     100 │ +50.0 % │
            │ (none)  │ sessions │  │     3 │       0 │       – │
            │ (other) │ sessions │  │     7 │      14 │ -50.0 % │
            ╰─────────┴──────────┴──┴───────┴─────────┴─────────╯

            """,
            Text(new() { Series = request }, new() { Series = answer }));

        static Series One(string value, double sessions) =>
            new() { Value = value, Total = { Of(Metrics.Sessions, sessions) } };
    }

    [Fact]
    public void A_list_shows_bars_the_others_and_the_total()
    {
        var request = new GetTopListRequest { Dimension = Dimension.Types.Name.EntryPage };
        var answer = new GetTopListResponse
        {
            Rows = { Row("/", 20), Row("/a\u001b[2J", 5) },
            Other = Row("", 10),
            Total = Row("", 35),
        };

        Assert.Equal(
            """
            ╭────────────┬──────────────────────────┬──────────┬──────────────────╮
            │ entry page │                          │ sessions │          revenue │
            ├────────────┼──────────────────────────┼──────────┼──────────────────┤
            │ /          │ ████████████████████████ │       20 │ 1.50 CHF, 20 EUR │
            │ /a·[2J     │ ██████                   │        5 │ 1.50 CHF, 20 EUR │
            │ (other)    │                          │       10 │ 1.50 CHF, 20 EUR │
            │ total      │                          │       35 │ 1.50 CHF, 20 EUR │
            ╰────────────┴──────────────────────────┴──────────┴──────────────────╯

            """,
            Text(new() { TopList = request }, new() { TopList = answer }));

        static TopListRow Row(string value, double sessions) => new()
        {
            Value = value,
            Values =
            {
                Of(Metrics.Sessions, sessions),
                new MetricValue
                {
                    Metric = Metrics.Revenue,
                    Revenue =
                    {
                        new Money { Currency = "CHF", Amount = "1.50" }, new Money { Currency = "EUR", Amount = "20" },
                    },
                },
            },
        };
    }

    [Fact]
    public void Paths_show_their_pages_and_devices()
    {
        var path = new Path
        {
            Pages = { "/", "/p/1" },
            Sessions = 4,
            Visitors = 3,
            AverageTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(12.5)),
            ConversionRate = 0.5,
            Devices = { new PathDevice { DeviceType = "mobile", Sessions = 2, ConversionRate = 1 } },
        };

        Assert.Equal(
            """
            ╭──────────┬──────────────────────┬──────────┬──────────┬───────┬───────────╮
            │ Path     │                      │ Sessions │ Visitors │  Time │ Converted │
            ├──────────┼──────────────────────┼──────────┼──────────┼───────┼───────────┤
            │ / → /p/1 │ ████████████████████ │        4 │        3 │ 12.5s │    50.0 % │
            │   mobile │ ██████████           │        2 │          │       │   100.0 % │
            ╰──────────┴──────────────────────┴──────────┴──────────┴───────┴───────────╯
            9 sessions took 2 different paths.

            """,
            Text(
                new() { Paths = new() },
                new() { Paths = new GetPathsResponse { Paths = { path }, Sessions = 9, DistinctPaths = 2 } }));
    }

    [Fact]
    public void Transitions_show_the_share_of_each_in_its_step()
    {
        var answer = new GetTransitionsResponse
        {
            Sessions = 4,
            Transitions =
            {
                new Transition { Step = 1, From = "/", To = "/a", Sessions = 3, Visitors = 2 },
                new Transition { Step = 1, FromOther = true, Sessions = 1, Visitors = 1 },
                new Transition { Step = 2, From = "/a", To = "", ToOther = true, Sessions = 3, Visitors = 2 },
            },
        };

        Assert.Equal(
            """
            ╭──────┬─────────┬──────────┬──────────────────────────┬──────────┬─────────┬──────────╮
            │ Step │ From    │ To       │                          │ Sessions │ Of step │ Visitors │
            ├──────┼─────────┼──────────┼──────────────────────────┼──────────┼─────────┼──────────┤
            │    1 │ /       │ /a       │ ██████████████████       │        3 │  75.0 % │        2 │
            │      │ (other) │ (leaves) │ ██████                   │        1 │  25.0 % │        1 │
            │    2 │ /a      │ (other)  │ ████████████████████████ │        3 │ 100.0 % │        2 │
            ╰──────┴─────────┴──────────┴──────────────────────────┴──────────┴─────────┴──────────╯
            4 sessions have such a path.

            """,
            Text(new() { Transitions = new() }, new() { Transitions = answer }));
    }

    [Fact]
    public void Active_visitors_show_where_they_are()
    {
        var answer = new GetActiveVisitorsResponse
        {
            Visitors = 3,
            Pages = { new ActivePage { Path = "/", Visitors = 2 }, new ActivePage { Visitors = 1 } },
        };

        var text = Text(new() { ActiveVisitors = new() }, new() { ActiveVisitors = answer });
        Assert.Contains("│ (none)          │ ████████████████████     ", text, StringComparison.Ordinal);
        Assert.Contains("│ active visitors │                          ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_an_empty_table()
    {
        foreach (var request in new GetReportRequest[]
        {
            new() { Series = new() { Bucket = Bucket.Day } }, new() { TopList = new() },
            new() { ActiveVisitors = new() }, new() { Paths = new() }, new() { Transitions = new() },
            new() { Funnel = new() },
        })
        {
            Assert.Contains("╭", Text(request, new GetReportResponse()), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(Metrics.AverageDuration, 75.25, "1m15.3s")]
    [InlineData(Metrics.LoadTimeP90, 1234.4, "1,234 ms")]
    [InlineData(Metrics.AverageScrollDepth, 55.55, "55.6 %")]
    [InlineData(Metrics.PagesPerSession, 2.345, "2.35")]
    [InlineData(Metrics.ConversionRate, 0.0123, "1.2 %")]
    [InlineData(Metrics.PageViews, 1234567, "1,234,567")]
    public void Values_are_shown_in_their_unit(Metrics metric, double value, string shown) =>
        Assert.Equal(shown, MetricText.Of(Of(metric, value)));

    private static MetricValue Of(Metrics metric, double value) => new() { Metric = metric, Value = value };

    private static string Text(GetReportRequest request, GetReportResponse answer) => string.Join(
        '\n',
        Rendered.At(120, ReportView.Of(request, answer)).Split('\n').Select(line => line.TrimEnd()));
}
