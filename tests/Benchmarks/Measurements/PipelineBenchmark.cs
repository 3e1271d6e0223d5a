using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Stack;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>
/// Measures from gRPC client to committed sessions, against a plain COPY of the same rows on the same server.
/// </summary>
internal static class PipelineBenchmark
{
    private const double Target = 0.5;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var runs = await context.RunsAsync(cancellationToken);
        var run = runs.Ordered;
        var copy = (runs.Copy.Before + runs.Copy.After) / 2;
        var (reference, ratio) = (run.Events / copy.TotalSeconds, copy / run.Committed);
        var rows = new List<Row>
        {
            new(
                $"{Row.Count(run.Events)} events ({Row.Count(run.Sessions)} sessions) to sessions committed",
                Row.PerSecond(run.EventsPerSecond, "events"),
                $"COPY: {Row.PerSecond(reference, "events")} (before {Seconds(runs.Copy.Before)}, "
                + $"after {Seconds(runs.Copy.After)})",
                Row.Fraction(ratio), $"≥ {Row.Fraction(Target)}", ratio >= Target),
            new("the same, acknowledged: durable in the broker", Seconds(run.Acknowledged)),
            new("the same, in the funnel's result", Seconds(run.Applied)),
            new("the same, committed", Seconds(run.Committed)),
        };
        rows.AddRange(run.Processor.OrderByDescending(each => each.Value).Select(each => new Row(
            $"processor time of {each.Key} until then", Seconds(each.Value),
            $"{Row.Micros(each.Value / run.Events)} an event")));
        rows.AddRange(runs.Profile);
        rows.Add(await AuditAsync(context, runs.Suite, PipelineRuns.OrderedSite, cancellationToken));
        return rows;
    }

    /// <summary>Returns whether the stored sessions equal those of a batch run over the events.</summary>
    public static async Task<Row> AuditAsync(
        BenchContext context, RunningSuite suite, string siteId, CancellationToken cancellationToken)
    {
        const string what = "sp audit afterwards";
        if ((await suite.CommandAsync("sp", ["audit", "--help"], cancellationToken)).Code != 0)
            return new(what, "there is no such command yet", Target: "0 differences");
        context.Tell($"auditing {siteId}");
        await suite.WaitAsync(closed: true, cancellationToken);
        var (code, output) = await suite.CommandAsync("sp", ["audit", "--site", siteId], cancellationToken);
        if (code != 0)
            context.Tell($"./sp audit ended with code {code}:\n{output}");
        return new(
            what, code == 0 ? "0 differences" : $"failed, code {code}", Target: "0 differences", Reached: code == 0);
    }

    private static string Seconds(TimeSpan time) => $"{Row.Count(Math.Round(time.TotalSeconds, 2))} s";
}
