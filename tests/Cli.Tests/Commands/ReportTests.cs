using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using Dimensions = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;
using Metrics = SessionPlatform.Contracts.Metrics.V1.Metric.Types.Name;
using Operator = SessionPlatform.Contracts.Metrics.V1.Filter.Types.Operator;

namespace SessionPlatform.Cli.Tests.Commands;

/// <summary>Tests the requests that report commands send for their options.</summary>
public sealed class ReportTests : IAsyncLifetime
{
    private FakeSuite suite = null!;

    public async Task InitializeAsync()
    {
        suite = await FakeSuite.StartAsync();
        suite.On<GetReportRequest>(_ => new GetReportResponse { Series = new() });
    }

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task Series_are_asked_for_as_typed()
    {
        var request = await AskAsync(
            "series", "--metric", "page-views,BOUNCE_RATE", "--bucket", "hour", "--by", "channel", "--limit", "3",
            "--from", "2026-03-01", "--to", "2026-03-02", "--filter", "country is CH,DE", "--filter", "campaign any",
            "--compare", "previous-year", "--bots");

        Assert.Equal(
            new GetSeriesRequest
            {
                SiteId = "shop",
                Metrics = { Metrics.PageViews, Metrics.BounceRate },
                Bucket = Bucket.Hour,
                Breakdown = Dimensions.Channel,
                Limit = 3,
                Period = new Period { Days = new DayRange { From = "2026-03-01", To = "2026-03-02" } },
                Segment = new Segment
                {
                    Filters =
                    {
                        new Filter { Dimension = Dimensions.Country, Operator = Operator.Is, Values = { "CH", "DE" } },
                        new Filter { Dimension = Dimensions.Campaign, Operator = Operator.Any },
                    },
                    IncludeBots = true,
                },
                Comparison = Comparison.PreviousYear,
            },
            request.Series);
    }

    [Fact]
    public async Task Without_options_series_are_the_main_figures_by_day()
    {
        var request = await AskAsync("series");

        Assert.Equal(
            new GetSeriesRequest
            {
                SiteId = "shop",
                Metrics = { Metrics.Sessions, Metrics.Visitors, Metrics.PageViews },
                Bucket = Bucket.Day,
                Segment = new Segment(),
            },
            request.Series);
        Assert.Equal(Bucket.Unspecified, (await AskAsync("series", "--bucket", "none")).Series.Bucket);
    }

    [Fact]
    public async Task Times_are_a_range_and_days_are_days_of_the_site()
    {
        var range = (await AskAsync("top", "os", "--from", "2026-03-01T12:00:00+01:00")).TopList.Period;
        var from = new DateTime(2026, 3, 1, 11, 0, 0, DateTimeKind.Utc).ToTimestamp();
        Assert.Equal(new TimeRange { From = from }, range.Range);
        var days = (await AskAsync("top", "os", "--to", "2026-03-01")).TopList.Period;
        Assert.Equal(new DayRange { To = "2026-03-01" }, days.Days);
    }

    [Theory]
    [InlineData("top entry_page", Dimensions.EntryPage, Metrics.Sessions)]
    [InlineData("pages", Dimensions.Path, Metrics.PageViews)]
    [InlineData("sources", Dimensions.Channel, Metrics.Sessions)]
    [InlineData("sources --by referrer-host --metric visitors", Dimensions.ReferrerHost, Metrics.Visitors)]
    [InlineData("technology --by browser", Dimensions.Browser, Metrics.Sessions)]
    public async Task Lists_are_of_their_dimension_by_their_first_metric(
        string command, Dimensions dimension, Metrics first)
    {
        var request = await AskAsync(command.Split(' '));

        Assert.Equal(dimension, request.TopList.Dimension);
        Assert.Equal(first, request.TopList.Metrics[0]);
    }

    [Fact]
    public async Task Paths_are_asked_for_as_typed()
    {
        var request = await AskAsync(
            "paths", "--length", "4", "--min-length", "3", "--limit", "7", "--by-device", "--rule", "/p/*=Product",
            "--rule", "/docs/**", "--keep-repeats", "--starts-at", "/", "--ends-at", "/end", "--passes", "/mid",
            "--before", "ecommerce:5");

        Assert.Equal(
            new GetPathsRequest
            {
                SiteId = "shop",
                Segment = new Segment(),
                Length = 4,
                MinLength = 3,
                Limit = 7,
                ByDevice = true,
                Shape = new PathShape
                {
                    Rules =
                    {
                        new PathRule { Pattern = "/p/*", Replacement = "Product" },
                        new PathRule { Pattern = "/docs/**" },
                    },
                    KeepRepeats = true,
                    StartsAt = "/",
                    EndsAt = "/end",
                    Passes = "/mid",
                    Funnel = new FunnelPoint
                    {
                        Funnel = "ecommerce", Stage = 5, Side = FunnelPoint.Types.Side.Before,
                    },
                },
            },
            request.Paths);
    }

    [Fact]
    public async Task Transitions_and_active_visitors_are_asked_for_as_typed()
    {
        var transitions = (await AskAsync("transitions", "--limit", "3", "--after", "ecommerce:2")).Transitions;
        Assert.Equal(3, transitions.Limit);
        Assert.Equal(
            new FunnelPoint { Funnel = "ecommerce", Stage = 2, Side = FunnelPoint.Types.Side.After },
            transitions.Shape.Funnel);

        var active = (await AskAsync("active", "--within", "90s", "--filter", "path is /a")).ActiveVisitors;
        Assert.Equal(90, active.WithinSeconds);
        Assert.Equal("/a", active.Segment.Filters.Single().Values.Single());
    }

    [Theory]
    [InlineData("series --metric visits", "'visits' is no metric")]
    [InlineData("series --bucket second", "'second' is no bucket")]
    [InlineData("series --by land", "'land' is no dimension")]
    [InlineData("series --compare yesterday", "previous-period, previous-year")]
    [InlineData("series --from 2026-03-01 --to 2026-03-02T00:00:00Z", "both as dates or both as times")]
    [InlineData("series --from gestern", "'gestern' is no time")]
    [InlineData("series --filter country", "country is CH,DE")]
    [InlineData("top", "Required argument missing")]
    [InlineData("top nothing", "'nothing' is no dimension")]
    [InlineData("technology --by country", "./sp top has all dimensions")]
    [InlineData("paths --before ecommerce", "ecommerce:3")]
    [InlineData("paths --before a:1 --after a:2", "not both")]
    [InlineData("paths --limit 0", "takes 1 or more")]
    [InlineData("paths --rule =x", "'=x' is no rule")]
    [InlineData("live --metric sessions --funnel f", "one of --metric, --funnel and --report")]
    public async Task What_makes_no_request_is_refused_with_what_would(string command, string expected)
    {
        var (exitCode, output, error) = await suite.RunAsync([.. command.Split(' '), "--site", "shop", "--key", "k"]);

        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.Empty(output);
        Streams.AssertOneLine(expected, error);
        Assert.Empty(suite.Calls);
    }

    private async Task<GetReportRequest> AskAsync(params string[] arguments)
    {
        var (exitCode, _, error) = await suite.RunAsync([.. arguments, "--site", "shop", "--key", "k", "--json"]);
        Assert.True(exitCode == ExitCodes.Done, error);
        return Assert.IsType<GetReportRequest>(suite.Calls.Last().Request);
    }
}
