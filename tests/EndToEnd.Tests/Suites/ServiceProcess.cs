using System.Diagnostics;

namespace SessionPlatform.EndToEnd.Tests.Suites;

/// <summary>The running process of a service, to be killed and started again as a supervisor would.</summary>
public sealed class ServiceProcess
{
    private readonly StackProcess process;
    private readonly string folder;
    private readonly string log;

    private ServiceProcess(StackProcess process, string state)
    {
        this.process = process;
        folder = process.Folder();
        log = Suite.LogOfRestarted(state);
    }

    /// <summary>The process as it is now.</summary>
    public StackProcess Process => process;

    /// <summary>Every process of a stack, by the mark that the AppHost gives them all.</summary>
    public static IReadOnlyList<int> AllOf(string state) => [.. StackProcess.OfStack(state).Select(each => each.Id)];

    /// <param name="state">State folder of the stack.</param>
    /// <param name="program">File name of the service's assembly or executable, without extension.</param>
    public static ServiceProcess Find(string state, string program) =>
        new(StackProcess.First(Running(state, program)), state);

    /// <summary>As <see cref="Find"/>, for one that may just be starting.</summary>
    public static async Task<ServiceProcess> FindAsync(string state, string program)
    {
        var running = await Eventually.GetAsync(
            () => Task.FromResult(Running(state, program).ToList()), found => found.Count == 1);
        return new ServiceProcess(running[0], state);
    }

    /// <summary><c>kill -9</c>.</summary>
    public void Kill() => process.Kill();

    /// <summary>
    /// The same command, folder, environment and so the same addresses. The caller ends it: the AppHost does not know
    /// it.
    /// </summary>
    public Process StartAgain()
    {
        var start = process.Successor(folder, log, process.Command);
        // The supervisor of the one that died ends what carries the very mark of it.
        start.Environment[StackProcess.Mark] = $"{process.Variable(StackProcess.Mark)}-again";
        start.RedirectStandardInput = true;
        var started = System.Diagnostics.Process.Start(start)!;
        started.StandardInput.Close();
        return started;
    }

    private static IEnumerable<StackProcess> Running(string state, string program) => StackProcess.OfStack(state)
        .Where(process => process.Command.Take(2).Any(part => Path.GetFileName(part) is var name
            && (name == program || name == $"{program}.dll")));
}
