using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sites.V1;
using Policy = SessionPlatform.Contracts.Sites.V1.SiteRules.Types.SessionKeyPolicy;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class SiteRulesTests : IAsyncLifetime
{
    private readonly SiteRules stored = new()
    {
        Timeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(30)),
        SessionKey = Policy.Boundary,
        Goals = { new Goal { Name = "Old", Kind = "old" } },
    };

    private FakeSuite suite = null!;

    public async Task InitializeAsync()
    {
        suite = await FakeSuite.StartAsync();
        suite.On<GetSiteRequest>(_ => new GetSiteResponse { Site = SiteOf(stored.Clone(), 7) });
        suite.On<UpdateSiteRulesRequest>(request => new UpdateSiteRulesResponse { Site = SiteOf(request.Rules, 8) });
        suite.On<PreviewRulesRequest>(_ => new[]
        {
            new PreviewRulesResponse { SessionsComputed = 1234 },
            new PreviewRulesResponse { Result = Preview() },
        });
    }

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task A_site_is_created_with_session_key_midnight_and_goals()
    {
        suite.On<CreateSiteRequest>(request => new CreateSiteResponse { Site = SiteOf(request.Rules, 1) });

        var (exitCode, _, error) = await suite.RunAsync(
            "site", "create", "shop", "--session-key", "authoritative", "--midnight", "on",
            "--week-start", "sunday", "--goal", "Thanks:path=/thanks**", "--goal", "Call:kind=click,name=Call us");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        Assert.Equal(
            new SiteRules
            {
                SessionKey = Policy.Authoritative,
                Midnight = true,
                WeekStart = SiteRules.Types.Weekday.Sunday,
                Goals =
                {
                    new Goal { Name = "Thanks", Path = "/thanks**" },
                    new Goal { Name = "Call", Kind = "click", EventName = "Call us" },
                },
            },
            Assert.IsType<CreateSiteRequest>(Assert.Single(suite.Calls).Request).Rules);
    }

    [Fact]
    public async Task Given_goals_replace_the_list_and_the_table_shows_them()
    {
        var (exitCode, output, _) = await suite.RunAsync(
            "site", "rules", "shop", "--midnight", "on", "--goal", "Thanks:path=/thanks**",
            "--goal", "Call:kind=click", "--week-start", "saturday");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Equal(["Thanks", "Call"], Updated().Rules.Goals.Select(goal => goal.Name));
        Assert.False(Updated().Reprocess);
        Assert.Equal("boundary", RowOf(output, "session-key"));
        Assert.Equal("on", RowOf(output, "midnight"));
        Assert.Equal("saturday", RowOf(output, "week-start"));
        Assert.Equal("Thanks:path=/thanks**", RowOf(output, "goal"));
        Assert.Contains("Call:kind=click", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_goal_empties_the_list_and_other_rules_leave_it()
    {
        await suite.RunAsync("site", "rules", "shop", "--midnight", "on");
        Assert.Equal(stored.Goals, Updated().Rules.Goals);

        await suite.RunAsync("site", "rules", "shop", "--goal", "");
        Assert.Empty(Updated().Rules.Goals);
    }

    [Fact]
    public async Task Given_channel_rules_replace_the_list_in_their_order_and_the_table_shows_them()
    {
        stored.ChannelRules.Add(new ChannelRule { Name = "Old", Path = "/old" });

        var (exitCode, output, _) = await suite.RunAsync(
            "site", "rules", "shop", "--channel", "Letters:source=news*,medium=email",
            "--channel", "Posters:path=/qr/**");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Equal(
            [
                new ChannelRule { Name = "Letters", Source = "news*", Medium = "email" },
                new ChannelRule { Name = "Posters", Path = "/qr/**" },
            ],
            Updated().Rules.ChannelRules);
        Assert.Equal("Letters:source=news*,medium=email", RowOf(output, "channel"));
        Assert.Contains("Posters:path=/qr/**", output, StringComparison.Ordinal);

        await suite.RunAsync("site", "rules", "shop", "--midnight", "on");
        Assert.Equal(stored.ChannelRules, Updated().Rules.ChannelRules);
        await suite.RunAsync("site", "rules", "shop", "--channel", "");
        Assert.Empty(Updated().Rules.ChannelRules);
    }

    [Fact]
    public async Task A_preview_sends_the_changed_rules_and_changes_nothing()
    {
        var (exitCode, output, error) = await suite.RunAsync("site", "rules", "shop", "--timeout", "20m", "--preview");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        var expected = stored.Clone();
        expected.Timeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(20));
        var request = suite.Calls.Select(call => call.Request).OfType<PreviewRulesRequest>().Single();
        Assert.Equal(new PreviewRulesRequest { SiteId = "shop", Rules = expected }, request);
        Assert.DoesNotContain(suite.Calls, call => call.Request is UpdateSiteRulesRequest);
        Assert.Equal("1,000 | 1,120 | +120 (+12.0 %)", RowOf(output, "Sessions"));
        Assert.Equal("800 | 800 | =", RowOf(output, "Visitors"));
        Assert.Equal("40.0 % | 37.5 % | −2.5 points", RowOf(output, "Bounce rate"));
        Assert.Equal("50.0 % | 50.0 % | =", RowOf(output, "Engagement rate"));
        Assert.Equal("– | 1.0 % | –", RowOf(output, "Conversion rate"));
        Assert.Equal("1m | 52.5s | −7.5s", RowOf(output, "Average duration"));
        Assert.Equal("Visit | 1,000 | 1,120 | +120 (+12.0 %)", RowOf(output, "ecommerce"));
        Assert.Equal("Paid | 10 | 9 | −1 (−10.0 %)", RowOf(output, ""));
        Assert.Contains("Nothing was changed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_JSON_a_preview_is_one_document()
    {
        var (exitCode, output, error) =
            await suite.RunAsync("site", "rules", "shop", "--timeout", "20m", "--preview", "--json");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        var document = Streams.DocumentIn(output);
        Assert.Equal("1120", document.GetProperty("after").GetProperty("sessions").GetString());
        Assert.False(document.GetProperty("before").TryGetProperty("conversionRate", out _));
    }

    [Fact]
    public async Task A_preview_shows_on_a_terminal_how_far_it_is()
    {
        var (_, _, error) = await Sp.RunAsync(
            suite.State, ["site", "rules", "shop", "--timeout", "20m", "--preview"], errorIsTerminal: true);

        Assert.Contains("1,234 so far", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task A_preview_that_breaks_off_is_no_success()
    {
        suite.On<PreviewRulesRequest>(_ => new[] { new PreviewRulesResponse { SessionsComputed = 5 } });

        var (exitCode, output, error) = await suite.RunAsync("site", "rules", "shop", "--timeout", "20m", "--preview");

        Assert.Equal((ExitCodes.Failed, ""), (exitCode, output));
        Streams.AssertOneLine("again", error);
    }

    [Theory]
    [InlineData("--preview needs a rule", "--preview")]
    [InlineData("not both", "--timeout", "20m", "--preview", "--reprocess")]
    [InlineData("goes with --reprocess", "--timeout", "20m", "--detach")]
    [InlineData("write kind=, name= or path=", "--goal", "Thanks:colour=red")]
    [InlineData("click_id= or path=", "--channel", "Letters:colour=red")]
    [InlineData("'later'", "--midnight", "later")]
    [InlineData("'client'", "--session-key", "client")]
    public async Task A_wrong_command_line_says_what_to_do_and_tries_nothing(string part, params string[] arguments)
    {
        var (exitCode, output, error) = await suite.RunAsync(["site", "rules", "shop", .. arguments]);

        Assert.Equal((ExitCodes.Usage, ""), (exitCode, output));
        Streams.AssertOneLine(part, error);
        Assert.EndsWith("See: ./sp site rules --help\n", error, StringComparison.Ordinal);
        Assert.Empty(suite.Calls);
    }

    [Fact]
    public async Task Goals_that_the_server_refuses_are_told_in_one_line()
    {
        suite.On<UpdateSiteRulesRequest>(_ => new RpcException(
            new Status(StatusCode.InvalidArgument, "goals: Give each goal a name of its own.")));

        var (exitCode, _, error) =
            await suite.RunAsync("site", "rules", "shop", "--goal", "A:kind=a", "--goal", "A:kind=b");

        Assert.Equal(ExitCodes.Failed, exitCode);
        Streams.AssertOneLine("a name of its own", error);
    }

    private static Site SiteOf(SiteRules rules, int version) =>
        new() { SiteId = "shop", Rules = rules, RulesVersion = version, CreatedAt = new Timestamp() };

    private static RulesPreview Preview() => new()
    {
        Before = new PreviewTotals
        {
            Sessions = 1000,
            Visitors = 800,
            BounceRate = 0.4,
            EngagementRate = 0.5,
            AverageDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(60)),
        },
        After = new PreviewTotals
        {
            Sessions = 1120,
            Visitors = 800,
            BounceRate = 0.375,
            EngagementRate = 0.5,
            ConversionRate = 0.01,
            AverageDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(52.5)),
        },
        Funnels =
        {
            new PreviewFunnel
            {
                Name = "ecommerce",
                Stages =
                {
                    new PreviewStage { Name = "Visit", SessionsBefore = 1000, SessionsAfter = 1120 },
                    new PreviewStage { Name = "Paid", SessionsBefore = 10, SessionsAfter = 9 },
                },
            },
        },
    };

    // What the row of this name holds behind the name.
    private static string RowOf(string output, string name)
    {
        var row = output.Split('\n').First(line =>
            line.StartsWith('│') && line.Trim('│').Split('│')[0].Trim() == name);
        return string.Join(" | ", row.Trim('│').Split('│').Skip(1).Select(cell => cell.Trim()));
    }

    private UpdateSiteRulesRequest Updated() =>
        suite.Calls.Select(call => call.Request).OfType<UpdateSiteRulesRequest>().Last();
}
