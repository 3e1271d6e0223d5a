using Grpc.Core;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class QueryTests : IAsyncLifetime
{
    private FakeSuite suite = null!;

    public async Task InitializeAsync()
    {
        suite = await FakeSuite.StartAsync();
        suite.On<GetReportRequest>(_ => new GetReportResponse
        {
            TopList = new GetTopListResponse { Rows = { new TopListRow { Value = "Direct" } } },
        });
    }

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task A_file_is_sent_as_it_is_with_the_site_filled_in()
    {
        var (exitCode, output, error) = await QueryAsync(
            """
            { "topList": { "dimension": "CHANNEL", "metrics": ["SESSIONS"], "limit": 3,
              "segment": { "filters": [{ "dimension": "COUNTRY", "operator": "IS", "values": ["CH"] }] } } }
            """);

        Assert.True(exitCode == ExitCodes.Done, error);
        var request = Assert.IsType<GetReportRequest>(Assert.Single(suite.Calls).Request);
        Assert.Equal("shop", request.TopList.SiteId);
        Assert.Equal("CH", request.TopList.Segment.Filters.Single().Values.Single());
        var rows = Streams.DocumentIn(output).GetProperty("topList").GetProperty("rows");
        Assert.Equal("Direct", rows[0].GetProperty("value").GetString());
    }

    [Fact]
    public async Task Standard_input_is_read_for_a_dash()
    {
        using var input = new StringReader("""{ "funnel": { "siteId": "shop", "name": "ecommerce" } }""");
        var (exitCode, _, error) = await Sp.RunAsync(
            suite.State, ["query", "-", "--site", "shop", "--key", "k", "--json"], input: input);

        Assert.True(exitCode == ExitCodes.Done, error);
        var request = Assert.IsType<GetReportRequest>(Assert.Single(suite.Calls).Request);
        Assert.Equal(new GetFunnelResultRequest { SiteId = "shop", Name = "ecommerce" }, request.Funnel);
    }

    [Theory]
    [InlineData("""{ "series": { "metricz": ["SESSIONS"] } }""", "metricz")]
    [InlineData("""{ "series": { "metrics": ["VISITS"] } }""", "VISITS")]
    [InlineData("""{ "cohorts": {} }""", "cohorts")]
    [InlineData("""{ "series": """, "request.json")]
    [InlineData("[]", "request.json")]
    [InlineData("", "request.json")]
    [InlineData("{}", "series, topList, activeVisitors, paths, transitions, funnel")]
    [InlineData("""{ "series": {}, "paths": {} }""", "oneof report")]
    [InlineData("""{ "series": { "siteId": "other" } }""", "--site other")]
    public async Task What_is_no_request_is_named(string json, string expected)
    {
        var (exitCode, output, error) = await QueryAsync(json);

        Assert.Equal(ExitCodes.Failed, exitCode);
        Assert.Empty(output);
        Streams.AssertOneLine(expected, error);
        Assert.Empty(suite.Calls);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var (exitCode, _, error) = await suite.RunAsync("query", "/no/such.json", "--site", "shop", "--key", "k");

        Assert.Equal(ExitCodes.Failed, exitCode);
        Streams.AssertOneLine("There is no file /no/such.json", error);
    }

    [Fact]
    public async Task Live_prints_a_line_for_each_change()
    {
        var calls = 0;
        suite.On<WatchRequest>(_ => ++calls == 1
            ? new[] { State(1), State(1), State(2) }
            : new RpcException(new Status(StatusCode.NotFound, "Gone.")));
        var (exitCode, output, error) = await Sp.RunAsync(
            suite.State, ["live", "--site", "shop", "--key", "k", "--within", "1m"], time: new QuickTime());

        Assert.Equal(ExitCodes.Failed, exitCode);
        Streams.AssertOneLine("Gone.", error);
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.EndsWith("Z  1 active, /a 1", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("Z  2 active, /a 2", lines[1], StringComparison.Ordinal);
        var request = Assert.IsType<WatchRequest>(suite.Calls.First().Request);
        Assert.Equal(60, request.Report.ActiveVisitors.WithinSeconds);
    }

    [Fact]
    public async Task Live_goes_on_when_the_server_comes_back_and_ends_with_Ctrl_C()
    {
        using var interrupt = new CancellationTokenSource();
        var calls = 0;
        suite.On<WatchRequest>(_ => ++calls switch
        {
            1 => new[] { State(1) },
            2 => new RpcException(new Status(StatusCode.Unavailable, "Away.")),
            3 => new[] { State(1), State(2) },
            _ => Interrupted(interrupt),
        });
        var (exitCode, output, error) = await Sp.RunAsync(
            suite.State,
            ["live", "--site", "shop", "--key", "k", "--json"],
            time: new QuickTime(),
            cancellationToken: interrupt.Token);

        Assert.Equal(ExitCodes.Interrupted, exitCode);
        Assert.Empty(error);
        var visitors = output.TrimEnd().Split('\n')
            .Select(line => Streams.DocumentIn(line).GetProperty("activeVisitors").GetProperty("visitors").GetInt32());
        Assert.Equal([1, 2], visitors);
    }

    [Fact]
    public async Task Live_says_at_once_when_no_server_answers()
    {
        suite.On<WatchRequest>(_ => new RpcException(new Status(StatusCode.Unavailable, "The Funnel is away.")));
        var (exitCode, output, error) = await suite.RunAsync("live", "--site", "shop", "--key", "k", "--funnel", "f");

        Assert.Equal(ExitCodes.Failed, exitCode);
        Assert.Empty(output);
        Streams.AssertOneLine("The Funnel is away.", error);
    }

    [Theory]
    [InlineData("mark", MarkBotsRequest.Types.Mark.Bot)]
    [InlineData("clear", MarkBotsRequest.Types.Mark.NotBot)]
    [InlineData("unmark", MarkBotsRequest.Types.Mark.Unspecified)]
    public async Task Bots_are_marked_and_unmarked(string command, MarkBotsRequest.Types.Mark mark)
    {
        suite.On<MarkBotsRequest>(request => new MarkBotsResponse { SessionsChanged = (uint)request.VisitorIds.Count });

        string[] visitors = [.. Enumerable.Range(0, 1001).Select(number => $"v{number}")];
        var (exitCode, output, error) = await suite.RunAsync(
            ["bots", command, .. visitors, "--site", "shop", "--key", "k", "--json"]);

        Assert.True(exitCode == ExitCodes.Done, error);
        Assert.Equal(1001, Streams.DocumentIn(output).GetProperty("sessionsChanged").GetInt32());
        var requests = suite.Calls.Select(call => Assert.IsType<MarkBotsRequest>(call.Request)).ToList();
        Assert.Equal(visitors, requests.SelectMany(request => request.VisitorIds));
        Assert.All(requests, request => Assert.Equal((mark, "shop"), (request.Mark, request.SiteId)));
    }

    private static WatchResponse State(uint visitors) => new()
    {
        Report = new GetReportResponse
        {
            ActiveVisitors = new GetActiveVisitorsResponse
            {
                Visitors = visitors,
                Pages = { new ActivePage { Path = "/a", Visitors = visitors } },
            },
        },
    };

    private static WatchResponse[] Interrupted(CancellationTokenSource interrupt)
    {
        interrupt.Cancel();
        return [];
    }

    private async Task<(int ExitCode, string Output, string Error)> QueryAsync(string json)
    {
        var file = Path.Combine(suite.State, "request.json");
        await File.WriteAllTextAsync(file, json);
        return await suite.RunAsync("query", file, "--site", "shop", "--key", "k", "--json");
    }
}
