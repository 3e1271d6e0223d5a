using System.Diagnostics;
using System.Globalization;
using SessionPlatform.Benchmarks.Harness;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>
/// Measures <c>./sp replay</c> of a shop's traffic from a file with 3 % late events and 2 % duplicates.
/// </summary>
internal static class FileBenchmark
{
    private const string Site = "file";
    private const int Sessions = 10_000;
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var suite = (await context.RunsAsync(cancellationToken)).Suite;
        var file = Path.Combine(suite.State, "events.jsonl");
        await SpAsync("site", "create", Site);
        await SpAsync(
            "simulate", "--site", Site, "--sessions", Sessions.ToString(CultureInfo.InvariantCulture), "--out", file);
        var lines = File.ReadLines(file).Count();

        context.Tell($"{Row.Count(lines)} lines from a file");
        var started = Stopwatch.GetTimestamp();
        await SpAsync("replay", file, "--site", Site, "--format", "jsonl", "--any-age");
        var acknowledged = Stopwatch.GetElapsedTime(started);
        await SpAsync("wait");
        var funnel = await SpAsync("funnel", "ecommerce", "--site", Site);
        var inFunnel = Stopwatch.GetElapsedTime(started);
        if (!funnel.Contains(Row.Count(Sessions), StringComparison.Ordinal))
            throw new InvalidOperationException($"The funnel does not count {Sessions} sessions:\n{funnel}");
        return
        [
            new($"{Row.Count(lines)} events replayed and acknowledged", Seconds(acknowledged)),
            new(
                $"{Row.Count(Sessions)} sessions in the funnel's result", Seconds(inFunnel), "5 min",
                Target: $"≤ {Seconds(Target)}", Reached: inFunnel <= Target),
            await PipelineBenchmark.AuditAsync(context, suite, Site, cancellationToken),
        ];

        async Task<string> SpAsync(params string[] arguments)
        {
            var (code, output) = await suite.CommandAsync("sp", arguments, cancellationToken);
            return code == 0
                ? output
                : throw new InvalidOperationException($"./sp {string.Join(' ', arguments)} failed:\n{output}");
        }
    }

    private static string Seconds(TimeSpan time) => $"{Row.Count(Math.Round(time.TotalSeconds, 2))} s";
}
