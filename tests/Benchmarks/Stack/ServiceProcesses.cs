using System.Globalization;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>Finds the services' processes in /proc.</summary>
internal sealed class ServiceProcesses
{
    private const string Mark = "SESSIONPLATFORM_PROCESS";
    private const string Services = "SessionPlatform.";
    private const string Host = "SessionPlatform.AppHost";

    private readonly Dictionary<string, int> processes = [];

    /// <summary>Finds the services of the suite with this state by the mark that AppHost gives its processes.</summary>
    public ServiceProcesses(string state)
    {
        foreach (var id in AllOf(state))
        {
            if (ProgramOf(id) is { } program && program.StartsWith(Services, StringComparison.Ordinal)
                && program != Host)
                processes[program[Services.Length..]] = id;
        }
    }

    /// <summary>Every process of the suite with this state that still shows its mark.</summary>
    public static IEnumerable<int> AllOf(string state) => Running().Where(id =>
        Parts(id, "environ").Any(each => each.StartsWith($"{Mark}={state}#", StringComparison.Ordinal)));

    /// <summary>Every process of this machine.</summary>
    public static IEnumerable<int> Running()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                yield return id;
        }
    }

    /// <summary>
    /// Returns the program of a process: the assembly for .NET, else the executable; null when it has ended.
    /// </summary>
    public static string? ProgramOf(int id)
    {
        var names = Parts(id, "cmdline").Take(2).Select(NameOf).ToList();
        return names.FirstOrDefault(name => name.StartsWith(Services, StringComparison.Ordinal))
            ?? names.FirstOrDefault();
    }

    // An executable has no extension, but a name with a dot in it.
    private static string NameOf(string path) =>
        Path.GetFileName(path) is var name && Path.GetExtension(name) == ".dll" ? name[..^4] : name;

    public IEnumerable<string> Names => processes.Keys.Order(StringComparer.Ordinal);

    /// <summary>A variable of a service's environment.</summary>
    public string Variable(string service, string name) => Parts(processes[service], "environ")
        .First(each => each.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    /// <summary>Returns the peak and present memory in bytes.</summary>
    public (long Most, long Now) Memory(string service)
    {
        var lines = File.ReadAllLines($"/proc/{processes[service]}/status");
        return (Field("VmHWM:"), Field("VmRSS:"));

        // As in "VmHWM:	  123456 kB".
        long Field(string name) => 1024 * long.Parse(
            lines.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..^2].Trim(),
            CultureInfo.InvariantCulture);
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
