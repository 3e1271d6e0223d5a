using System.Diagnostics;
using System.Globalization;
using SessionPlatform.Benchmarks.Stack;

namespace SessionPlatform.Benchmarks.Harness;

/// <summary>What the benchmarks of one invocation share.</summary>
internal sealed class BenchContext(BenchOptions options) : IAsyncDisposable
{
    private readonly long begun = Stopwatch.GetTimestamp();
    private PipelineRuns? runs;

    public BenchOptions Options => options;

    /// <summary>Progress; results go to standard output.</summary>
    public void Tell(string message) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(begun).TotalSeconds,6:0} s  {message}"));

    /// <summary>The running suite with the ordered run done in it; started by whoever needs it first.</summary>
    public async Task<PipelineRuns> RunsAsync(CancellationToken cancellationToken)
    {
        runs ??= new PipelineRuns(this);
        await runs.StartAsync(cancellationToken);
        return runs;
    }

    public async ValueTask DisposeAsync()
    {
        if (runs is not null)
            await runs.DisposeAsync();
    }
}
