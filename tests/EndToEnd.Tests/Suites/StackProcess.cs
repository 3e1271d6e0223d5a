using System.Diagnostics;
using System.Globalization;

namespace SessionPlatform.EndToEnd.Tests.Suites;

/// <summary>A running process, as <c>/proc</c> shows it.</summary>
public sealed class StackProcess
{
    /// <summary>Variable by which the AppHost marks every process of a stack: <c>STATE#KIND:NAME</c>.</summary>
    public const string Mark = "SESSIONPLATFORM_PROCESS";

    private StackProcess(int id)
    {
        Id = id;
        Command = Parts($"/proc/{id}/cmdline");
        Environment = Parts($"/proc/{id}/environ");
        // After the name in parentheses: state, parent.
        Parent = Text($"/proc/{id}/stat").Split(") ")[^1].Split(' ') is [_, var parent, ..] ? parent : "";
    }

    public int Id { get; }

    public IReadOnlyList<string> Command { get; }

    /// <summary>As <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Environment { get; }

    /// <summary>Id of the process that started it; empty: it was gone before it could be read.</summary>
    private string Parent { get; }

    /// <summary>Every process that can be read.</summary>
    public static IEnumerable<StackProcess> All() =>
        Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _))
            .Select(name => new StackProcess(int.Parse(name!, CultureInfo.InvariantCulture)));

    /// <summary>Every process of a stack; with a mark's beginning only those.</summary>
    public static IReadOnlyList<StackProcess> OfStack(string state, string mark = "") =>
        [.. All().Where(process => process.Variable(Mark)?.StartsWith($"{state}#{mark}", StringComparison.Ordinal)
            ?? false)];

    public string? Variable(string name) => Environment
        .Where(variable => variable.StartsWith($"{name}=", StringComparison.Ordinal))
        .Select(variable => variable[(name.Length + 1)..])
        .FirstOrDefault();

    /// <summary>
    /// The one of these that started the others: a fork looks like its parent until it becomes another, and may be gone
    /// by now, which leaves it without a parent.
    /// </summary>
    public static StackProcess First(IEnumerable<StackProcess> processes)
    {
        var all = processes.ToDictionary(process => process.Id.ToString(CultureInfo.InvariantCulture));
        return all.Values.Single(process => process.Parent.Length > 0 && !all.ContainsKey(process.Parent));
    }

    /// <summary>Resident memory in bytes.</summary>
    public long Memory()
    {
        using var process = Process.GetProcessById(Id);
        return process.WorkingSet64;
    }

    /// <summary><c>kill -9</c>.</summary>
    public void Kill()
    {
        using var process = Process.GetProcessById(Id);
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>The folder it works in.</summary>
    public string Folder() =>
        new FileInfo($"/proc/{Id}/cwd").ResolveLinkTarget(returnFinalTarget: true)!.FullName;

    /// <summary>Something to start in its place; what it says is added to a log.</summary>
    public ProcessStartInfo Successor(string folder, string log, IEnumerable<string> command)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", "exec \"$@\" >>\"$0\" 2>&1", log, .. command])
        {
            WorkingDirectory = folder,
        };
        start.Environment.Clear();
        foreach (var variable in Environment.Select(each => each.Split('=', 2)))
            start.Environment[variable[0]] = variable[1];
        return start;
    }

    private static string[] Parts(string path) => Text(path).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Processes come and go while they are listed.
            return "";
        }
    }
}
