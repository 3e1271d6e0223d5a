using System.Globalization;
using System.Runtime.InteropServices;
using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Measurements;

namespace SessionPlatform.Benchmarks;

/// <summary>Runs benchmarks, prints the results and stores them in docs/benchmarks.md.</summary>
internal static class Program
{
    private static readonly Benchmark[] All =
    [
        new("fold", "the pure fold, one core, no I/O", FoldBenchmark.RunAsync),
        new("late", "one event more, newest or late, by the length of its stream", LateBenchmark.RunAsync),
        new("pipeline", "gRPC client to sessions committed, against COPY", PipelineBenchmark.RunAsync),
        new("file", "from a file by ./sp to the funnel's result", FileBenchmark.RunAsync),
        new("disorder", "shuffled within an hour, 5 % sent twice", DisorderBenchmark.RunAsync),
        new("memory", "of each service in the ordered run", MemoryBenchmark.RunAsync),
        new("apply", "the Funnel's applier against the pipeline's sessions", ApplyBenchmark.RunAsync),
        new("freshness", "event sent to live funnel, at half of the full rate", FreshnessBenchmark.RunAsync),
        new("queries", "over gRPC, one after the other", QueriesBenchmark.RunAsync),
        new("overload", "twice what the ordered run did, for 5 minutes", OverloadBenchmark.RunAsync),
        new("filter", "a report's filter matched with the texts of a site", FilterBenchmark.RunAsync),
        new("growth", "as more and more is stored", GrowthBenchmark.RunAsync),
    ];

    private static async Task<int> Main(string[] arguments)
    {
        BenchOptions options;
        Benchmark[] chosen;
        try
        {
            options = BenchOptions.Parse(arguments);
            chosen = Choose(options.Names);
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync(
                $"{wrong.Message} Use: ./bench [{string.Join('|', All.Select(each => each.Name))}]... "
                + "[--quick] [--events N] [--sessions N] [--profile] [--no-save]");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        // Whatever was started is stopped on the way out, so these only ask for the way out.
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        try
        {
            await using var context = new BenchContext(options);
            foreach (var benchmark in chosen)
                await RunAsync(benchmark, context, stop.Token);
            return 0;
        }
        // Whatever fails then fails for that, and in many shapes.
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return 130;
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task RunAsync(Benchmark benchmark, BenchContext context, CancellationToken cancellationToken)
    {
        context.Tell($"{benchmark.Name}: {benchmark.About}");
        var load = Machine.Load();
        var rows = await benchmark.RunAsync(context, cancellationToken);
        Results.Print(Console.Out, benchmark.Name, rows);
        if (!context.Options.Save)
            return;
        var when = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        Results.Save(
            Repository.File("docs/benchmarks.md"), benchmark.Name, benchmark.About,
            $"{when} UTC, `{context.Options.Command}`, {Machine.Describe()}, load {load} at the start.", rows);
    }

    private static Benchmark[] Choose(IReadOnlyList<string> names)
    {
        var unknown = names.FirstOrDefault(name => All.All(each => each.Name != name));
        if (unknown is not null)
            throw new FormatException($"There is no benchmark '{unknown}'.");
        return names.Count == 0 ? All : [.. All.Where(each => names.Contains(each.Name))];
    }
}
