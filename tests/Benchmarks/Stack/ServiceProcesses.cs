using System.Globalization;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>The services' processes, by what /proc tells of them.</summary>
internal sealed class ServiceProcesses
{
    private const string Mark = "SESSIONPLATFORM_PROCESS";

    private readonly Dictionary<string, int> processes = [];

    /// <summary>Finds the services of the suite with this state by the mark that AppHost gives its processes.</summary>
    public ServiceProcesses(string state)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || !Parts(id, "environ").Any(each => each.StartsWith($"{Mark}={state}#", StringComparison.Ordinal)))
                continue;
            var program = Parts(id, "cmdline").Take(2)
                .Select(Path.GetFileNameWithoutExtension)
                .FirstOrDefault(name => name!.StartsWith("SessionPlatform.", StringComparison.Ordinal));
            if (program is not null)
                processes[program["SessionPlatform.".Length..]] = id;
        }
    }

    public IEnumerable<string> Names => processes.Keys.Order(StringComparer.Ordinal);

    /// <summary>A variable of a service's environment.</summary>
    public string Variable(string service, string name) => Parts(processes[service], "environ")
        .First(each => each.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    /// <summary>The most memory it ever had, and what it has now; bytes.</summary>
    public (long Most, long Now) Memory(string service)
    {
        var lines = File.ReadAllLines($"/proc/{processes[service]}/status");
        return (Field("VmHWM:"), Field("VmRSS:"));

        long Field(string name) => 1024 * long.Parse(
            lines.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal),
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }

    /// <summary>Time on a processor so far.</summary>
    public TimeSpan Processor(string service)
    {
        var stat = File.ReadAllText($"/proc/{processes[service]}/stat");
        // The name, in parentheses, may hold blanks. Hundredths of a second, in user and in kernel mode.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds(
            10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)));
    }

    private static string[] Parts(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Processes come and go while they are listed.
            return [];
        }
    }
}
