using System.Diagnostics;

namespace SessionPlatform.EndToEnd.Tests.Suites;

/// <summary>The running process of a service, to be killed and started again as a supervisor would.</summary>
public sealed class ServiceProcess
{
    private const string Mark = "SESSIONPLATFORM_PROCESS";

    private readonly int id;
    private readonly string[] command;
    private readonly string folder;
    private readonly string[] environment;

    private ServiceProcess(int id)
    {
        this.id = id;
        command = Parts($"/proc/{id}/cmdline");
        environment = Parts($"/proc/{id}/environ");
        folder = new FileInfo($"/proc/{id}/cwd").ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    /// <summary>Every process of a stack, by the mark that the AppHost gives them all.</summary>
    public static IReadOnlyList<int> AllOf(string state) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _))
            .Where(name => Parts($"/proc/{name}/environ").Any(variable =>
                variable.StartsWith($"{Mark}={state}#", StringComparison.Ordinal)))
            .Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture))];

    /// <param name="program">File name of the service's assembly or executable, without extension.</param>
    public static ServiceProcess Find(string state, string program) => AllOf(state)
        .Where(id => Parts($"/proc/{id}/cmdline").Take(2)
            .Any(part => Path.GetFileName(part) == program || Path.GetFileName(part) == $"{program}.dll"))
        .Select(id => new ServiceProcess(id))
        .Single();

    /// <summary><c>kill -9</c>.</summary>
    public void Kill()
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>
    /// The same command, folder, environment and so the same addresses. The caller ends it: the AppHost does not know it.
    /// </summary>
    public Process StartAgain()
    {
        // Nobody reads what it says.
        var start = new ProcessStartInfo(
            "/bin/bash", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "again", .. command])
        {
            WorkingDirectory = folder,
        };
        start.Environment.Clear();
        foreach (var variable in environment)
        {
            var parts = variable.Split('=', 2);
            // The supervisor of the one that died ends what carries the very mark of it.
            start.Environment[parts[0]] = parts[0] == Mark ? $"{parts[1]}-again" : parts[1];
        }

        return Process.Start(start)!;
    }

    private static string[] Parts(string path)
    {
        try
        {
            return File.ReadAllText(path).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Processes come and go while they are listed.
            return [];
        }
    }
}
