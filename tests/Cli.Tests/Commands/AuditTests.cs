using Grpc.Core;
using SessionPlatform.Contracts.Jobs.V1;
using Kind = SessionPlatform.Contracts.Jobs.V1.AuditDifference.Types.Kind;
using Phase = SessionPlatform.Contracts.Jobs.V1.AuditProgress.Types.Phase;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class AuditTests : IAsyncLifetime
{
    private static readonly AuditDifference[] Differences =
    [
        new() { Kind = Kind.Session, Subject = "0b", Field = "page_views", Stored = "3", Recomputed = "4" },
        new() { Kind = Kind.Document, Subject = "0c", Recomputed = "{ \"sessionId\": \"0c\" }" },
        new() { Kind = Kind.Aggregate, Subject = "day_totals 2026-03-01", Field = "sessions", Stored = "10" },
    ];

    private FakeSuite suite = null!;

    public async Task InitializeAsync() => suite = await FakeSuite.StartAsync();

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task An_intact_site_is_one_line_and_a_success()
    {
        Answers(Progress(Phase.Sessions, 5, 10), Summary(0));

        var (exitCode, output, error) = await suite.RunAsync("audit", "--site", "shop");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        Assert.Equal(
            "0 differences: 101,841 events, 10,000 sessions, 10,000 documents, 73,120 aggregate rows\n", output);
        Assert.Equal($"Bearer {FakeSuite.PlatformKey}", Assert.Single(suite.Calls).Authorization);
    }

    [Fact]
    public async Task Each_difference_is_a_line_and_any_is_exit_code_1()
    {
        Answers([.. Differences.Select(Difference), Summary(3)]);

        var (exitCode, output, error) = await suite.RunAsync("audit", "--site", "shop");

        Assert.Equal((ExitCodes.Differences, ""), (exitCode, error));
        Assert.Equal(
            [
                "session 0b, page_views: stored 3, recomputed 4",
                "document 0c: stored absent, recomputed { \"sessionId\": \"0c\" }",
                "aggregate day_totals 2026-03-01, sessions: stored 10, recomputed absent",
                "3 differences: 101,841 events, 10,000 sessions, 10,000 documents, 73,120 aggregate rows",
            ],
            output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Mended_differences_are_counted_and_still_exit_code_1()
    {
        Answers(Difference(Differences[0]), Summary(1, repaired: 1));

        var (exitCode, output, _) = await suite.RunAsync("audit", "--site", "shop", "--repair");

        Assert.Equal(ExitCodes.Differences, exitCode);
        Assert.Contains("1 difference (1 stream, document or row mended): 101,841", output, StringComparison.Ordinal);
        Assert.True(Assert.IsType<AuditRequest>(Assert.Single(suite.Calls).Request).Repair);
    }

    [Fact]
    public async Task Empty_is_not_absent_and_foreign_text_stays_on_its_line()
    {
        Answers(
            Difference(new()
            {
                Kind = Kind.Session, Subject = "0b", Field = "entry_page", Stored = "", Recomputed = "/\u001b[2J\nx",
            }),
            Summary(1));

        var (_, output, _) = await suite.RunAsync("audit", "--site", "shop");

        Assert.StartsWith(
            "session 0b, entry_page: stored \"\", recomputed /·[2J·x\n1 difference:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_JSON_it_is_one_document_with_the_differences_and_the_summary()
    {
        Answers([Progress(Phase.Waiting, 0, 0), .. Differences.Select(Difference), Summary(3)]);

        var (exitCode, output, error) = await suite.RunAsync("audit", "--site", "shop", "--json");

        Assert.Equal((ExitCodes.Differences, ""), (exitCode, error));
        var document = Streams.DocumentIn(output);
        Assert.Equal(["differences", "summary"], document.EnumerateObject().Select(field => field.Name));
        var differences = document.GetProperty("differences").EnumerateArray().ToArray();
        Assert.Equal(
            ["SESSION", "DOCUMENT", "AGGREGATE"],
            differences.Select(each => each.GetProperty("kind").GetString()));
        Assert.False(differences[1].TryGetProperty("stored", out _));
        Assert.False(differences[2].TryGetProperty("recomputed", out _));
        Assert.Equal("101841", document.GetProperty("summary").GetProperty("events").GetString());
    }

    [Fact]
    public async Task Without_differences_the_list_in_JSON_is_empty()
    {
        Answers(Summary(0));

        var (exitCode, output, _) = await suite.RunAsync("audit", "--site", "shop", "--json");

        Assert.Equal(ExitCodes.Done, exitCode);
        Assert.Equal(0, Streams.DocumentIn(output).GetProperty("differences").GetArrayLength());
    }

    [Fact]
    public async Task The_range_reaches_the_server()
    {
        Answers(Summary(0));

        await suite.RunAsync("audit", "--site", "shop", "--from", "2026-03-01", "--to", "2026-03-02");

        var range = Assert.IsType<AuditRequest>(Assert.Single(suite.Calls).Request).Range;
        Assert.Equal(new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc), range.From.ToDateTime());
        Assert.Equal(new DateTime(2026, 3, 3, 0, 0, 0, DateTimeKind.Utc), range.To.ToDateTime());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_audit_that_breaks_off_proves_nothing(bool asJson)
    {
        Answers(Progress(Phase.Sessions, 5, 10));

        var (exitCode, output, error) =
            await suite.RunAsync(["audit", "--site", "shop", .. asJson ? new[] { "--json" } : []]);

        Assert.Equal((ExitCodes.Failed, ""), (exitCode, output));
        Streams.AssertOneLine("./sp audit", error);
    }

    [Fact]
    public async Task An_error_is_a_line_on_standard_error_and_leaves_no_summary()
    {
        suite.On<AuditRequest>(_ => new RpcException(new Status(StatusCode.NotFound, "There is no site 'shop'.")));

        var (exitCode, output, error) = await suite.RunAsync("audit", "--site", "shop");

        Assert.Equal((ExitCodes.Failed, ""), (exitCode, output));
        Streams.AssertOneLine("There is no site 'shop'.", error);
    }

    [Fact]
    public async Task On_a_terminal_progress_is_drawn_over_itself_and_makes_room_for_differences()
    {
        Answers(
            Progress(Phase.Waiting, 0, 0),
            Progress(Phase.Sessions, 2700, 10_000),
            Difference(Differences[0]),
            Progress(Phase.Documents, 1, 0),
            Summary(1));

        var (_, output, error) = await Sp.RunAsync(suite.State, ["audit", "--site", "shop"], errorIsTerminal: true);

        Assert.Equal(2, output.Count(letter => letter == '\n'));
        Assert.DoesNotContain('\n', error);
        var steps = error.Split('\r', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(
            [
                "Waiting until what was acknowledged is applied",
                "Sessions against events  ██████▌················· 27 %  2,700 of 10,000",
                "Documents against sessions  1 so far",
            ],
            steps);
        // It is wiped away for the difference, and nothing is left of it at the end.
        Assert.Contains("of 10,000\r  ", error, StringComparison.Ordinal);
        Assert.EndsWith($"{new string(' ', steps[^1].Length)}\r", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_tells_the_exit_codes()
    {
        var (_, output, _) = await suite.RunAsync("audit", "--help");

        Assert.Contains("0 with 0 differences; 1 with any, mended ones too, and", output, StringComparison.Ordinal);
    }

    private static AuditResponse Difference(AuditDifference difference) => new() { Difference = difference };

    private static AuditResponse Progress(Phase phase, ulong done, ulong total) =>
        new() { Progress = new AuditProgress { Phase = phase, Done = done, Total = total } };

    private static AuditResponse Summary(ulong differences, ulong repaired = 0) => new()
    {
        Summary = new AuditSummary
        {
            Events = 101_841,
            Sessions = 10_000,
            Documents = 10_000,
            Aggregates = 73_120,
            Differences = differences,
            Repaired = repaired,
        },
    };

    private void Answers(params AuditResponse[] answers) => suite.On<AuditRequest>(_ => answers);
}
