namespace SessionPlatform.Benchmarks.Harness;

/// <summary>A benchmark of <c>./bench</c>.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="About">The description of what it measures.</param>
/// <param name="RunAsync">Runs the measurement.</param>
internal sealed record Benchmark(
    string Name, string About, Func<BenchContext, CancellationToken, Task<IReadOnlyList<Row>>> RunAsync);
