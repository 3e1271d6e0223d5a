using System.Diagnostics;
using System.Globalization;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>
/// The CPU time of each program of the suite and of this one; servers include all of their processes.
/// </summary>
internal sealed class ProcessorTimes : Dictionary<string, TimeSpan>
{
    private const string Postgres = "postgres";
    private const int TicksPerSecond = 100;

    private ProcessorTimes()
        : base(StringComparer.Ordinal)
    {
    }

    public static ProcessorTimes Take(string state)
    {
        var times = new ProcessorTimes();
        var servers = new HashSet<int>();
        foreach (var id in ServiceProcesses.AllOf(state))
        {
            var program = ServiceProcesses.ProgramOf(id);
            if (program is Postgres)
                servers.Add(id);
            else if (program is "beam.smp")
                times.Add("RabbitMQ", id, withEnded: false);
            else if (program?.StartsWith("SessionPlatform.", StringComparison.Ordinal) == true)
                times.Add(program["SessionPlatform.".Length..], id, withEnded: false);
        }

        // The server's own processes overwrite their environment with their title, and so the mark.
        foreach (var id in ServiceProcesses.Running())
        {
            if (servers.Contains(id) || (Stat(id) is { } fields && servers.Contains(Number(fields[1]))))
                times.Add("PostgreSQL", id, withEnded: servers.Contains(id));
        }

        using var self = Process.GetCurrentProcess();
        times["the client"] = self.TotalProcessorTime;
        return times;
    }

    /// <summary>Returns the CPU time spent since an earlier reading.</summary>
    public Dictionary<string, TimeSpan> Since(ProcessorTimes before) =>
        this.ToDictionary(each => each.Key, each => each.Value - before.GetValueOrDefault(each.Key));

    private void Add(string name, int id, bool withEnded)
    {
        if (Stat(id) is not { } fields)
            return;
        // In user mode and in the kernel's; then the same of children that have ended.
        var ticks = fields[11..(withEnded ? 15 : 13)].Sum(Number);
        this[name] = this.GetValueOrDefault(name) + TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    // The fields behind the name, which is in parentheses and may hold blanks.
    private static string[]? Stat(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);
}
