namespace SessionPlatform.Benchmarks.Harness;

/// <summary>One of the things that ./bench measures.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="About">What it measures.</param>
/// <param name="RunAsync">Measures.</param>
internal sealed record Benchmark(
    string Name, string About, Func<BenchContext, CancellationToken, Task<IReadOnlyList<Row>>> RunAsync);
