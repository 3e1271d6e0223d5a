using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sessions.V1;
using Touch = SessionPlatform.Contracts.Funnels.V1.GetFunnelReportRequest.Types.Touch;

namespace SessionPlatform.Cli.Tests.Commands;

/// <summary>Tests the requests of <c>sp funnel</c> and the output for their responses.</summary>
public sealed class FunnelTests : IAsyncLifetime
{
    private FakeSuite suite = null!;

    public async Task InitializeAsync()
    {
        suite = await FakeSuite.StartAsync();
        suite.On<GetFunnelResultRequest>(_ => new GetFunnelResultResponse
        {
            Stages = { new FunnelStage { Name = "Entry", Sessions = 3, Visitors = 2 } },
        });
        suite.On<GetReportRequest>(_ => new GetReportResponse { FunnelReport = Report() });
    }

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task Without_further_options_it_is_the_counts_as_ever()
    {
        var (exitCode, output, _) = await RunAsync(
            "funnel", "ecommerce", "--site", "shop", "--from", "2026-03-01", "--to", "2026-03-01", "--json");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Equal(
            """
            { "stages": [ { "name": "Entry", "sessions": 3, "visitors": 2 } ], "pendingSessions": 0 }

            """.ReplaceLineEndings("\n"),
            output.ReplaceLineEndings("\n"));
        var day = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        Assert.Equal(
            new GetFunnelResultRequest
            {
                SiteId = "shop",
                Name = "ecommerce",
                Range = new TimeRange { From = day.ToTimestamp(), To = day.AddDays(1).ToTimestamp() },
            },
            suite.Calls.Single().Request);
    }

    [Fact]
    public async Task A_report_is_asked_for_as_typed()
    {
        var (exitCode, output, error) = await RunAsync(
            "funnel", "own", "--site", "shop", "--unit", "visitor", "--by", "channel", "--touch", "last", "--limit",
            "3", "--trend", "day", "--bins", "5", "--from", "2026-03-01", "--to", "2026-03-02",
            "--filter", "country is CH");

        Assert.True(exitCode == ExitCodes.Done, error);
        Assert.Equal(
            new GetFunnelReportRequest
            {
                SiteId = "shop",
                Name = "own",
                Period = new Period { Days = new DayRange { From = "2026-03-01", To = "2026-03-02" } },
                Segment = new Segment
                {
                    Unit = Unit.Visitor,
                    Filters =
                    {
                        new Filter
                        {
                            Dimension = Dimension.Types.Name.Country,
                            Operator = Filter.Types.Operator.Is,
                            Values = { "CH" },
                        },
                    },
                },
                Breakdown = Dimension.Types.Name.Channel,
                Touch = Touch.Last,
                Limit = 3,
                Trend = Bucket.Day,
                Bins = 5,
            },
            ((GetReportRequest)suite.Calls.Single().Request).FunnelReport);
        // Steps, values, trend and histogram.
        foreach (var text in new[] { "own of shop", "Cart", "25.0 %", "1m30s", "Email", "2026-03-01", "2m" })
            Assert.Contains(text, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_comes_from_a_file()
    {
        var path = Path.Combine(suite.State, "funnel.json");
        await File.WriteAllTextAsync(
            path, """{ "unit": "USER", "steps": [ { "name": "a", "anyOf": [ { "kind": "click" } ] } ] }""");
        var (exitCode, output, _) = await RunAsync("funnel", "--file", path, "--site", "shop", "--json");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.StartsWith("""{ "report": { "value": """, output, StringComparison.Ordinal);
        Assert.Equal(
            new FunnelDefinition
            {
                Unit = Unit.User,
                Steps = { new FunnelStep { Name = "a", AnyOf = { new EventMatch { Kind = "click" } } } },
            },
            ((GetReportRequest)suite.Calls.Single().Request).FunnelReport.Definition);
    }

    [Fact]
    public async Task Those_behind_a_step_are_listed_with_where_they_went()
    {
        suite.On<ListFunnelActorsRequest>(_ => new ListFunnelActorsResponse
        {
            Actors = { new FunnelActor { Id = "v1", SessionId = "s1", VisitorId = "v1", At = new Timestamp() } },
            Total = 7,
            NextPageToken = "next",
            NextPages = { new FunnelNextPage { Path = "/help", Count = 4 }, new FunnelNextPage { Count = 3 } },
        });
        var (exitCode, output, _) = await RunAsync(
            "funnel", "own", "--site", "shop", "--dropped", "2", "--limit", "1", "--page", "token");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Equal(
            new ListFunnelActorsRequest
            {
                Funnel = new GetFunnelReportRequest { SiteId = "shop", Name = "own", Segment = new Segment() },
                Step = 2,
                Dropped = true,
                PageSize = 1,
                PageToken = "token",
            },
            suite.Calls.Single().Request);
        foreach (var text in new[] { "v1", "/help", "(no page)", "7 reached step 2 and no further.", "--page next" })
            Assert.Contains(text, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visitor_is_explained_event_by_event()
    {
        suite.On<ExplainFunnelRequest>(_ => new ExplainFunnelResponse
        {
            Events =
            {
                new FunnelEvent
                {
                    Event = new TimelineEvent { Kind = "pageview", Path = "/cart", At = new Timestamp() },
                    Step = 2,
                    Verdict = FunnelEvent.Types.Verdict.NotFirstTime,
                    Reason = "it was at 12:00",
                },
            },
            Reached = 1,
        });
        var (exitCode, output, _) = await RunAsync("funnel", "own", "--site", "shop", "--explain", "v1");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Equal("v1", ((ExplainFunnelRequest)suite.Calls.Single().Request).VisitorId);
        foreach (var text in new[] { "pageview /cart", "not-first-time", "it was at 12:00", "Reached step 1." })
            Assert.Contains(text, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("funnel", "--site", "shop")]
    [InlineData("funnel", "own", "--site", "shop", "--dropped", "0")]
    [InlineData("funnel", "own", "--site", "shop", "--from", "yesterday")]
    [InlineData("funnel", "define", "own", "--site", "shop")]
    public async Task A_wrong_command_line_tries_nothing(params string[] arguments)
    {
        var (exitCode, output, error) = await RunAsync(arguments);

        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.Empty(output);
        Assert.Contains("--help", error, StringComparison.Ordinal);
        Assert.Empty(suite.Calls);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        await suite.RunAsync([.. arguments, "--key", "read"]);

    private static GetFunnelReportResponse Report()
    {
        FunnelReport Of(string value) => new()
        {
            Value = value,
            Steps =
            {
                new FunnelStepReport { Name = "Seen", Count = 4, Dropped = 3, FromFirst = 1 },
                new FunnelStepReport
                {
                    Name = "Cart", Count = 1, Dropped = 1, FromFirst = 0.25, FromPrevious = 0.25,
                    MeanTime = new Duration { Seconds = 90 }, MedianTime = new Duration { Seconds = 90 },
                },
            },
            ConversionRate = 0.25,
        };

        var midnight = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).ToTimestamp();
        return new GetFunnelReportResponse
        {
            Report = Of(""),
            Values = { Of("Email") },
            Trend = { new FunnelTrendPoint { At = midnight, Counts = { 4, 1 } } },
            Times =
            {
                new FunnelTimeBin
                {
                    From = new Duration { Seconds = 60 }, To = new Duration { Seconds = 120 }, Count = 1,
                },
            },
            TimeZone = "UTC",
        };
    }
}
