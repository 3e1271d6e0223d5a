using SessionPlatform.Contracts.Ingestion.V1;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class ReplayTests : IAsyncLifetime
{
    private FakeSuite suite = null!;

    public async Task InitializeAsync() => suite = await FakeSuite.StartAsync();

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Theory]
    [InlineData(Reason.TooOld, true)]
    [InlineData(Reason.WrongSite, false)]
    public async Task It_fails_when_not_one_event_is_accepted(Reason reason, bool isOld)
    {
        var (exitCode, output, error) = await ReplayAsync(reason, rejected: [0, 1, 2]);

        Assert.Equal(ExitCodes.Failed, exitCode);
        Assert.Contains("3 events sent, 0 accepted, 3 rejected", output, StringComparison.Ordinal);
        Assert.StartsWith("Not one event was accepted", error, StringComparison.Ordinal);
        Assert.Equal(isOld, error.Contains("--any-age", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rejects_among_others_are_told_and_no_failure()
    {
        var (exitCode, output, error) = await ReplayAsync(Reason.TooOld, rejected: [1]);

        Assert.Equal((ExitCodes.Done, ""), (exitCode, error));
        Assert.Contains("3 events sent, 2 accepted, 1 rejected", output, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Error)> ReplayAsync(Reason reason, int[] rejected)
    {
        suite.On<TrackStreamRequest>(batch => new TrackStreamResponse
        {
            DurableThrough = batch.Sequence,
            Accepted = (uint)(batch.Events.Count - rejected.Length),
            Rejects =
            {
                rejected.Select(index => new RejectedInBatch
                {
                    Sequence = batch.Sequence,
                    Index = index,
                    Violations = { new Violation { Field = "f", Reason = reason } },
                }),
            },
        });
        var file = Path.Combine(suite.State, "events.jsonl");
        await File.WriteAllLinesAsync(
            file,
            Enumerable.Range(0, 3).Select(number =>
                $$"""{"visitorId":"v-{{number}}","kind":"pageview","url":"https://shop.example/"}"""));
        return await suite.RunAsync("replay", file, "--site", "shop", "--key", "k");
    }
}
