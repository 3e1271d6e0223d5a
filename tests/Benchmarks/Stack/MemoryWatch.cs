using System.Diagnostics;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>Samples the memory of the services from its creation.</summary>
internal sealed class MemoryWatch(ServiceProcesses processes)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly List<(TimeSpan At, string Service, long Bytes)> looks = [];

    /// <summary>Samples until the time has passed.</summary>
    public async Task LookAsync(TimeSpan lasting, CancellationToken cancellationToken)
    {
        while (Stopwatch.GetElapsedTime(begun) is var at && at < lasting)
        {
            foreach (var service in processes.Names)
                looks.Add((at, service, processes.Memory(service).Now));
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>
    /// Returns the median memory of a service between two times in bytes, which evens out garbage collections.
    /// </summary>
    public long Between(string service, TimeSpan from, TimeSpan to)
    {
        var sorted = looks.Where(look => look.Service == service && look.At >= from && look.At < to)
            .Select(look => look.Bytes).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
