using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class LatenessTests : IAsyncLifetime
{
    private FakeSuite suite = null!;

    public async Task InitializeAsync() => suite = await FakeSuite.StartAsync();

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task It_tells_how_much_came_late_and_what_that_did()
    {
        suite.On<GetLatenessRequest>(_ => Lateness());

        var (exitCode, output, error) = await suite.RunAsync("lateness", "--site", "shop", "--key", "k");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        var lines = output.Split('\n').Where(line => line.StartsWith('│'))
            .Select(line => string.Join('|', line.Trim('│').Split('│').Select(cell => cell.Trim())));
        Assert.Equal(
            [
                "Events of shop|101,841",
                "Came late|3,000",
                "Share|2.9 %",
                "Sent again and dropped|2,037",
                "Clock ahead, set to receipt|4",
                "Sessions extended|510",
                "Sessions merged|40",
                "Sessions split|30",
                "Sessions retracted|41",
                "Sessions reopened|200",
                "Late by||Events|Of the late",
                $"up to 1m|{new string('█', 40)}|2,000|66.7 %",
                $"1m to 1h|{new string('█', 20)}|1,000|33.3 %",
                "more than 1h||0|0.0 %",
            ],
            lines);
    }

    [Fact]
    public async Task Of_nothing_there_is_no_share()
    {
        suite.On<GetLatenessRequest>(_ => new GetLatenessResponse());

        var (exitCode, output, _) = await suite.RunAsync("lateness", "--site", "shop", "--key", "k");

        Assert.Equal(ExitCodes.Done, exitCode);
        var share = Assert.Single(output.Split('\n'), line => line.Contains("Share", StringComparison.Ordinal));
        Assert.Contains('–', share);
    }

    [Fact]
    public async Task In_JSON_it_is_the_answer_for_the_range()
    {
        suite.On<GetLatenessRequest>(_ => Lateness());

        var (exitCode, output, error) = await suite.RunAsync(
            "lateness", "--site", "shop", "--key", "k", "--json", "--from", "2026-03-01", "--to", "2026-03-01");

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        var document = Streams.DocumentIn(output);
        Assert.Equal("3000", document.GetProperty("lateEvents").GetString());
        Assert.Equal("60s", document.GetProperty("classes")[0].GetProperty("upTo").GetString());
        Assert.False(document.GetProperty("classes")[2].TryGetProperty("upTo", out _));
        var range = Assert.IsType<GetLatenessRequest>(Assert.Single(suite.Calls).Request).Range;
        Assert.Equal(TimeSpan.FromDays(1), (range.To - range.From).ToTimeSpan());
    }

    private static GetLatenessResponse Lateness() => new()
    {
        Events = 101_841,
        LateEvents = 3_000,
        Duplicates = 2_037,
        ClockClamped = 4,
        SessionsExtended = 510,
        SessionsMerged = 40,
        SessionsSplit = 30,
        SessionsRetracted = 41,
        SessionsReopened = 200,
        Classes =
        {
            new LatenessClass { UpTo = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)), Events = 2_000 },
            new LatenessClass { UpTo = Duration.FromTimeSpan(TimeSpan.FromHours(1)), Events = 1_000 },
            new LatenessClass { Events = 0 },
        },
    };
}
