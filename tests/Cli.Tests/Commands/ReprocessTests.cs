using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class ReprocessTests : IAsyncLifetime
{
    private static readonly Timestamp Began =
        Timestamp.FromDateTime(new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc));

    private readonly QuickTime time = new();
    private FakeSuite suite = null!;

    public async Task InitializeAsync()
    {
        suite = await FakeSuite.StartAsync();
        suite.On<GetSiteRequest>(_ => new GetSiteResponse
        {
            Site = new Site { SiteId = "shop", Rules = new SiteRules { TimeZone = "UTC" }, RulesVersion = 7 },
        });
        suite.On<UpdateSiteRulesRequest>(request => new UpdateSiteRulesResponse
        {
            Site = new Site { SiteId = "shop", Rules = request.Rules, RulesVersion = 8 },
        });
    }

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task Changed_rules_are_applied_to_history_and_waited_for()
    {
        Answers(At(0), At(50), At(100, finished: true));

        var (exitCode, output, error) = await RunAsync("site", "rules", "shop", "--timeout", "20m", "--reprocess");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        var request = Update();
        Assert.True(request.Reprocess);
        Assert.Equal(7, request.ExpectedVersion);
        Assert.Equal(TimeSpan.FromMinutes(20), request.Rules.Timeout.ToTimeSpan());
        Assert.Contains("Rules of shop", output, StringComparison.Ordinal);
        Assert.EndsWith(
            "Computed anew by rules version 8: 100 streams, 12 sessions changed, in 1m5s.\n",
            output,
            StringComparison.Ordinal);
        Assert.Equal(3, Polls());
    }

    [Fact]
    public async Task Without_a_rule_history_is_computed_by_the_rules_as_they_are()
    {
        Answers(At(100, finished: true));

        await RunAsync("site", "rules", "shop", "--reprocess");

        Assert.Equal(new SiteRules { TimeZone = "UTC" }, Update().Rules);
        Assert.True(Update().Reprocess);
    }

    [Fact]
    public async Task The_server_is_asked_four_times_a_second_at_most()
    {
        Answers([.. Enumerable.Range(0, 20).Select(done => At((ulong)done)), At(100, finished: true)]);

        await RunAsync("site", "reprocess", "shop", "--wait");

        Assert.Equal(20, time.Pauses.Count(pause => pause >= TimeSpan.FromMilliseconds(250)));
        Assert.Equal(21, Polls());
    }

    [Fact]
    public async Task An_older_recomputation_is_not_taken_for_this_one()
    {
        Answers(At(100, finished: true, version: 7), At(100, finished: true));

        var (_, output, _) = await RunAsync("site", "rules", "shop", "--reprocess");

        Assert.Contains("by rules version 8", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_none_begins_there_is_nothing_to_wait_for()
    {
        Answers(new GetReprocessResponse());

        var (exitCode, output, error) = await RunAsync("site", "rules", "shop", "--reprocess");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        Assert.EndsWith("There is no recomputation of shop.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detached_it_returns_at_once_and_says_how_to_look()
    {
        var (exitCode, output, error) = await RunAsync("site", "rules", "shop", "--reprocess", "--detach");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        Assert.Contains("./sp site reprocess shop", output, StringComparison.Ordinal);
        Assert.Equal(0, Polls());
    }

    [Fact]
    public async Task In_JSON_the_document_is_the_site()
    {
        Answers(At(50), At(100, finished: true));

        var (exitCode, output, error) = await RunAsync("site", "rules", "shop", "--reprocess", "--json");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        Assert.Equal(8, Streams.DocumentIn(output).GetProperty("rulesVersion").GetInt32());
    }

    [Fact]
    public async Task On_a_terminal_there_is_a_bar()
    {
        Answers(At(50), At(100, finished: true));

        var (_, _, error) =
            await Sp.RunAsync(suite.State, ["site", "reprocess", "shop", "--wait"], errorIsTerminal: true, time);

        Assert.Contains("████████████············ 50 %  50 of 100", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_waiting_and_says_that_the_work_goes_on()
    {
        using var interrupt = new CancellationTokenSource();
        suite.On<GetReprocessRequest>(_ =>
        {
            interrupt.Cancel();
            return At(50);
        });

        var (exitCode, _, error) = await Sp.RunAsync(
            suite.State, ["site", "rules", "shop", "--reprocess"], time: time, cancellationToken: interrupt.Token);

        Assert.Equal(ExitCodes.Interrupted, exitCode);
        Streams.AssertOneLine("goes on on the server. See how far it is: ./sp site reprocess shop", error);
    }

    [Fact]
    public async Task A_service_that_restarts_meanwhile_is_waited_for()
    {
        var left = 3;
        suite.On<GetReprocessRequest>(_ => left-- > 0 ? Away() : At(100, finished: true));

        var (exitCode, _, error) = await RunAsync("site", "reprocess", "shop", "--wait");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
    }

    [Fact]
    public async Task A_service_that_stays_away_is_an_error()
    {
        suite.On<GetReprocessRequest>(_ => Away());

        var (exitCode, output, error) = await RunAsync("site", "reprocess", "shop", "--wait");

        Assert.Equal((ExitCodes.Failed, ""), (exitCode, output));
        Streams.AssertOneLine("A service is away", error);
    }

    [Fact]
    public async Task It_shows_how_far_it_is_without_waiting()
    {
        Answers(At(50));

        var (exitCode, output, error) = await RunAsync("site", "reprocess", "shop");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        Assert.Contains("being computed anew", output, StringComparison.Ordinal);
        Assert.Contains("50 of 100, 50.0 %", output, StringComparison.Ordinal);
        Assert.Equal(1, Polls());
    }

    [Fact]
    public async Task It_shows_the_latest_one_in_a_table_and_in_JSON()
    {
        Answers(At(100, finished: true));

        var (_, table, _) = await RunAsync("site", "reprocess", "shop");
        var (_, json, _) = await RunAsync("site", "reprocess", "shop", "--json");

        Assert.Contains("2026-03-01 00:01:05, 1m5s", table, StringComparison.Ordinal);
        var document = Streams.DocumentIn(json).GetProperty("reprocess");
        Assert.Equal("12", document.GetProperty("sessionsChanged").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_history_that_was_never_recomputed_is_no_error(bool wait)
    {
        Answers(new GetReprocessResponse());

        string[] command = ["site", "reprocess", "shop", .. wait ? new[] { "--wait" } : []];
        var (exitCode, output, error) = await RunAsync(command);
        var (_, json, _) = await RunAsync([.. command, "--json"]);

        Assert.Equal((ExitCodes.Done, "There is no recomputation of shop.\n", ""), (exitCode, output, error));
        Assert.False(Streams.DocumentIn(json).TryGetProperty("reprocess", out _));
    }

    private static RpcException Away() => new(new Status(StatusCode.Unavailable, "The Sessionizer is away."));

    private static GetReprocessResponse At(ulong done, bool finished = false, int version = 8) => new()
    {
        Reprocess = new Reprocess
        {
            RulesVersion = version,
            Streams = 100,
            StreamsDone = done,
            SessionsChanged = 12,
            StartedAt = Began,
            FinishedAt = finished ? Began + Duration.FromTimeSpan(TimeSpan.FromSeconds(65)) : null,
        },
    };

    // One after the other, the last one from then on.
    private void Answers(params GetReprocessResponse[] answers)
    {
        var next = 0;
        suite.On<GetReprocessRequest>(_ => answers[Math.Min(next++, answers.Length - 1)]);
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        Sp.RunAsync(suite.State, arguments, time: time);

    private int Polls() => suite.Calls.Count(call => call.Request is GetReprocessRequest);

    private UpdateSiteRulesRequest Update() =>
        suite.Calls.Select(call => call.Request).OfType<UpdateSiteRulesRequest>().Single();
}
