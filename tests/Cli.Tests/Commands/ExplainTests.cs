using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Sessions.V1;
using Decision = SessionPlatform.Contracts.Sessions.V1.ExplainedEvent.Types.Decision;
using Reason = SessionPlatform.Contracts.Sessions.V1.Session.Types.BoundaryReason;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class ExplainTests : IAsyncLifetime
{
    private const string Id = "018f3c52-7a31-8c4e-9f00-5d6e1b2a3c4d";
    private const string Taken = "018f3c52-0000-8000-8000-000000000001";
    private const string Other = "018f3c52-0000-8000-8000-000000000002";

    private FakeSuite suite = null!;

    public async Task InitializeAsync() => suite = await FakeSuite.StartAsync();

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task It_tells_why_a_session_began_and_ended()
    {
        var lines = await LinesAsync(Explained());

        Assert.Contains(lines, line => line.Contains("45m after the event before", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("the next came 2h later", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_may_go_on_has_no_end()
    {
        var explained = Explained();
        explained.Session.ClearEndReason();

        var lines = await LinesAsync(explained);

        Assert.Equal(["Last event (UTC)", "2026-03-01 10:10:00"], Cells(lines, "│ Last event"));
        Assert.DoesNotContain(lines, line => line.Contains("Ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_event_has_its_rule_and_how_it_arrived()
    {
        var lines = await LinesAsync(Explained());

        Assert.Equal(
            ["10:00:00", "pageview           /", "", "2026-03-01 10:00:01"], Cells(lines, "│ 10:00:00"));
        Assert.Equal("starts it: a pause of 45m after the event before, more than 30m", RuleOf(lines, "│ 10:00:00"));
        Assert.Equal("late, sent again 2×", Cells(lines, "│ 10:05:00")[2]);
        Assert.Equal("goes on: 5m after the event before, within 30m", RuleOf(lines, "│ 10:05:00"));
        Assert.Equal(
            ["10:10:00", "click Add to cart  /products/blue-suede-shoes", "clamped", "2026-03-01 10:10:01"],
            Cells(lines, "│ 10:10:00"));
        Assert.Equal(
            "starts the next session: a pause of 2h after the event before, more than 30m",
            RuleOf(lines, "│ 12:10:00"));
    }

    [Fact]
    public async Task Where_all_came_in_order_there_is_no_column_for_it()
    {
        var explained = Explained();
        foreach (var each in explained.Events)
            (each.Late, each.ClockClamped, each.Duplicates) = (false, false, 0);

        Assert.DoesNotContain("Arrived", string.Join('\n', await LinesAsync(explained)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_of_several_days_have_their_dates()
    {
        var explained = Explained();
        explained.Events[^1].At = At("2026-03-02T00:10:00Z");

        var lines = await LinesAsync(explained);

        Assert.StartsWith("starts it", RuleOf(lines, "│ 2026-03-01 10:00:00 │ page"), StringComparison.Ordinal);
        Assert.StartsWith("starts the next", RuleOf(lines, "│ 2026-03-02 00:10:00 │ page"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_revision_has_its_cause_and_what_it_took_in()
    {
        var lines = await LinesAsync(Explained());

        Assert.Equal(["1–3", "2026-03-01 10:10:02", "3", "newer events"], Cells(lines, "│      1–3"));
        Assert.Equal(["4", "2026-03-01 11:00:00", "1", "late events; retracted into it:"], Cells(lines, "│        4"));
        Assert.Contains(lines, line => line.Contains(Taken, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_retracted_session_says_where_its_events_are()
    {
        var explained = Explained();
        explained.Retracted = true;
        explained.NowIn.Add([Taken, Other]);
        explained.Revisions.Add(new SessionRevision
        {
            FirstRevision = 5,
            LastRevision = 5,
            Cause = SessionRevision.Types.Cause.RuleChange,
            At = At("2026-03-02T00:00:00Z"),
            IsRetraction = true,
        });

        var lines = await LinesAsync(explained);

        Assert.Equal(["Events are in", Taken], Cells(lines, "│ Events are in"));
        Assert.Contains(lines, line => line.Contains(Other, StringComparison.Ordinal));
        Assert.Equal("history recomputed by changed rules; this session is no more", Cells(lines, "│        5")[3]);
    }

    [Fact]
    public async Task What_visitors_chose_cannot_steer_the_terminal()
    {
        var explained = Explained();
        explained.Session.VisitorId = "v\u001b[2J";
        explained.Start = "campaign \u001b]0;x\u0007[red]";
        explained.Events[0].Path = "/\u009b2J";
        explained.Events[0].Kind = "\u001bc";
        explained.Events[0].Why = "another key: a\rb";

        var output = string.Join('\n', await LinesAsync(explained));

        Assert.DoesNotContain(output, letter => letter != '\n' && char.IsControl(letter));
        Assert.Contains("·]0;x·[red]", output, StringComparison.Ordinal);
    }

    [Fact]
    public void In_100_columns_no_line_is_wider_and_no_word_of_the_rules_is_lost()
    {
        var explained = Explained();
        explained.Events[3].At = At("2026-03-02T00:10:00Z");
        explained.Revisions[1].Cause = SessionRevision.Types.Cause.Neighbour;

        var text = Rendered.At(
            100,
            ExplainTables.Of(explained),
            ExplainTables.Of(explained.Events, 100),
            ExplainTables.Of(explained.Revisions));

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 100, line));
        foreach (var word in explained.Events.SelectMany(each => each.Why.Split(' ')).Append(Id).Append(Taken))
            Assert.Contains(word, text, StringComparison.Ordinal);
        Assert.DoesNotContain('…', text);
    }

    [Fact]
    public async Task In_JSON_it_is_the_answer_and_nothing_else()
    {
        suite.On<ExplainSessionRequest>(_ => Explained());

        var (exitCode, output, error) = await suite.RunAsync("explain", Id, "--site", "shop", "--key", "k", "--json");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        var document = Streams.DocumentIn(output);
        Assert.Equal(Id, document.GetProperty("session").GetProperty("sessionId").GetString());
        Assert.False(document.GetProperty("retracted").GetBoolean());
        Assert.Equal("INACTIVITY", document.GetProperty("events")[0].GetProperty("startReason").GetString());
        Assert.False(document.GetProperty("events")[1].TryGetProperty("startReason", out _));
        Assert.Equal("LATE_EVENTS", document.GetProperty("revisions")[1].GetProperty("cause").GetString());
        var request = Assert.IsType<ExplainSessionRequest>(Assert.Single(suite.Calls).Request);
        Assert.Equal(new ExplainSessionRequest { SiteId = "shop", SessionId = Id }, request);
    }

    [Fact]
    public async Task A_session_that_never_was_is_one_line()
    {
        suite.On<ExplainSessionRequest>(_ => new RpcException(new Status(StatusCode.NotFound, "No such session.")));

        var (exitCode, output, error) = await suite.RunAsync("explain", Id, "--site", "shop", "--key", "k");

        Assert.Equal((ExitCodes.Failed, ""), (exitCode, output));
        Streams.AssertOneLine("No such session.", error);
    }

    private static ExplainSessionResponse Explained() => new()
    {
        Session = new Session
        {
            SessionId = Id,
            SiteId = "shop",
            VisitorId = "v1",
            StartedAt = At("2026-03-01T10:00:00Z"),
            EndedAt = At("2026-03-01T10:10:00Z"),
            Duration = Duration.FromTimeSpan(TimeSpan.FromMinutes(10)),
            PageViews = 2,
            Events = 3,
            Engaged = true,
            EndReason = Reason.Inactivity,
            Closed = true,
            Revision = 5,
        },
        Start = "inactivity: 45m after the event before; the site's timeout is 30m",
        End = "inactivity: the next came 2h later; the site's timeout is 30m",
        RulesVersion = 2,
        Events =
        {
            Event("10:00:00", "pageview", "/", "a pause of 45m after the event before, more than 30m",
                Reason.Inactivity),
            Event("10:05:00", "pageview", "/products/blue-suede-shoes", "5m after the event before, within 30m", null,
                each => (each.Late, each.Duplicates) = (true, 2)),
            Event("10:10:00", "click", "/products/blue-suede-shoes", "5m after the event before, within 30m", null,
                each => (each.Name, each.ClockClamped) = ("Add to cart", true)),
            Event("12:10:00", "pageview", "/", "a pause of 2h after the event before, more than 30m",
                Reason.Inactivity),
        },
        Revisions =
        {
            new SessionRevision
            {
                FirstRevision = 1,
                LastRevision = 3,
                Cause = SessionRevision.Types.Cause.NewerEvents,
                At = At("2026-03-01T10:10:02Z"),
                NewEvents = 3,
            },
            new SessionRevision
            {
                FirstRevision = 4,
                LastRevision = 4,
                Cause = SessionRevision.Types.Cause.LateEvents,
                At = At("2026-03-01T11:00:00Z"),
                NewEvents = 1,
                Retracted = { Taken },
            },
        },
    };

    private static ExplainedEvent Event(
        string time, string kind, string path, string why, Reason? start, Action<ExplainedEvent>? change = null)
    {
        var each = new ExplainedEvent
        {
            Kind = kind,
            Path = path,
            At = At($"2026-03-01T{time}Z"),
            ReceivedAt = At($"2026-03-01T{time[..^1]}1Z"),
            Decision = start is null ? Decision.Continues : Decision.Starts,
            Why = why,
        };
        if (start is { } reason)
            each.StartReason = reason;
        change?.Invoke(each);
        return each;
    }

    private static Timestamp At(string time) => Timestamp.FromDateTimeOffset(Cli.Parsing.Times.Parse(time)!.Value);

    private static string[] Cells(IEnumerable<string> lines, string start) =>
    [
        .. Assert.Single(lines, line => line.StartsWith(start, StringComparison.Ordinal))
            .Trim('│', ' ').Split('│').Select(cell => cell.Trim()),
    ];

    // The line under the event.
    private static string RuleOf(string[] lines, string start)
    {
        var place = Array.FindIndex(lines, line => line.StartsWith(start, StringComparison.Ordinal));
        return lines[place + 1].Split('│')[2].Trim();
    }

    private async Task<string[]> LinesAsync(ExplainSessionResponse answer)
    {
        suite.On<ExplainSessionRequest>(_ => answer);
        var (exitCode, output, error) = await suite.RunAsync("explain", Id, "--site", "shop", "--key", "k");
        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        return output.Split('\n');
    }
}
