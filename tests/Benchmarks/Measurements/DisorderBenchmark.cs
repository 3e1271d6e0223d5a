using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Stack;
using SessionPlatform.Benchmarks.Traffic;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>Measures the events of the ordered run again, shuffled within an hour, with some duplicates.</summary>
internal static class DisorderBenchmark
{
    private const string Site = "disorder";
    private const double RepeatShare = 0.05;
    private const double Target = 0.6;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var runs = await context.RunsAsync(cancellationToken);
        context.Tell("the same events in disorder");
        var (ordered, events) = (runs.Ordered, runs.Ordered.Events);
        var sent = Disorder.Of(ShopTraffic.Recent(Site, events, PipelineRuns.OrderedSeed), RepeatShare, seed: 1);
        var run = await runs.RunAsync(StreamLoad.Of(Site, sent, events), cancellationToken);
        var ratio = ordered.Committed / run.Committed;
        return
        [
            new(
                $"{Row.Count(events)} different events, {Row.Count(sent.Count)} sent, to sessions committed",
                Row.PerSecond(run.EventsPerSecond, "different events"),
                $"ordered: {Row.PerSecond(ordered.EventsPerSecond, "events")}",
                Row.Fraction(ratio), $"≥ {Row.Fraction(Target)}", ratio >= Target),
            new(
                "sessions they became", Row.Count(run.Sessions), $"ordered: {Row.Count(ordered.Sessions)}",
                Target: "the same", Reached: run.Sessions == ordered.Sessions),
            await PipelineBenchmark.AuditAsync(context, runs.Suite, Site, cancellationToken),
        ];
    }
}
