using System.Globalization;

namespace SessionPlatform.Benchmarks.Harness;

/// <summary>Describes the machine of the measurement.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = Value("/proc/cpuinfo", "model name") ?? "unknown processor";
        var memory = Value("/proc/meminfo", "MemTotal")?.Split(' ')[0];
        var gibibytes = memory is null ? 0 : double.Parse(memory, CultureInfo.InvariantCulture) / (1 << 20);
        return string.Create(
            CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores of {model}, {gibibytes:0} GiB");
    }

    /// <summary>The load average of the last minute.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string? Value(string file, string name) => File.ReadLines(file)
        .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
        .FirstOrDefault(parts => parts[0] == name)?[1];
}
