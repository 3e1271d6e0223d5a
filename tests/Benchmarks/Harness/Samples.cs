using System.Diagnostics;

namespace SessionPlatform.Benchmarks.Harness;

/// <summary>The durations of repeated executions of one action.</summary>
internal sealed class Samples
{
    private readonly List<TimeSpan> times = [];

    public int Count => times.Count;

    public TimeSpan Median => Percentile(50);

    public void Add(TimeSpan time) => times.Add(time);

    /// <summary>Returns the percentile: the smallest duration that the given percentage does not exceed.</summary>
    public TimeSpan Percentile(double percent)
    {
        if (times.Count == 0)
            throw new InvalidOperationException("Nothing was measured.");
        var sorted = times.Order().ToArray();
        return sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];
    }

    /// <summary>
    /// Times an action again and again: at least <paramref name="least"/> times, and on until there are
    /// <paramref name="most"/> or the time is up.
    /// </summary>
    public static async Task<Samples> TakeAsync(
        int least, int most, TimeSpan atMost, Func<int, Task> action, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < most && (i < least || Stopwatch.GetElapsedTime(begun) < atMost); i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var started = Stopwatch.GetTimestamp();
            await action(i);
            samples.Add(Stopwatch.GetElapsedTime(started));
        }

        return samples;
    }
}
