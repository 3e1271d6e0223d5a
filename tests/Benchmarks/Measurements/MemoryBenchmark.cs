using SessionPlatform.Benchmarks.Harness;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>Measures the memory of each service from its start to the end of the ordered run.</summary>
internal static class MemoryBenchmark
{
    private const long Most = 300L << 20;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var runs = await context.RunsAsync(cancellationToken);
        return RowsOf($"after {Row.Count(runs.Ordered.Events)} events", runs.Memory);
    }

    public static IReadOnlyList<Row> RowsOf(string when, IReadOnlyDictionary<string, (long Most, long Now)> memory) =>
        [.. memory.Select(service => new Row(
            $"{service.Key}, {when}",
            $"{Row.MegaBytes(service.Value.Most)} at most, {Row.MegaBytes(service.Value.Now)} at the end",
            Target: $"≤ {Row.MegaBytes(Most)}", Reached: service.Value.Most <= Most))];
}
