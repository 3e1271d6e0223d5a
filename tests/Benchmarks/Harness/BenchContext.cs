using System.Diagnostics;
using System.Globalization;
using SessionPlatform.Benchmarks.Stack;

namespace SessionPlatform.Benchmarks.Harness;

/// <summary>The state that the benchmarks of one invocation share.</summary>
internal sealed class BenchContext(BenchOptions options) : IAsyncDisposable
{
    private readonly long begun = Stopwatch.GetTimestamp();
    private PipelineRuns? runs;

    public BenchOptions Options => options;

    /// <summary>Writes progress; results go to standard output.</summary>
    public void Tell(string message) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(begun).TotalSeconds,6:0} s  {message}"));

    /// <summary>The running suite after the ordered run; started on first use.</summary>
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
