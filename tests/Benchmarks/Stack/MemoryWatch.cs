using System.Diagnostics;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>Looks at the memory of the services again and again, from its creation on.</summary>
internal sealed class MemoryWatch(ServiceProcesses processes)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly List<(TimeSpan At, string Service, long Bytes)> looks = [];

    /// <summary>Until the time is over.</summary>
    public async Task LookAsync(TimeSpan lasting, CancellationToken cancellationToken)
    {
        while (Stopwatch.GetElapsedTime(begun) is var at && at < lasting)
        {
            foreach (var service in processes.Names)
                looks.Add((at, service, processes.Memory(service).Now));
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>The median of what a service had between two times, since collections come and go; bytes.</summary>
    public long Between(string service, TimeSpan from, TimeSpan to)
    {
        var sorted = looks.Where(look => look.Service == service && look.At >= from && look.At < to)
            .Select(look => look.Bytes).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
