using System.Diagnostics;

namespace SessionPlatform.LocalServers;

/// <summary>The order in which processes end when their host is killed: services first, servers last.</summary>
public enum ProcessKind
{
    Service,
    Server,
}

/// <summary>What to run, and how it ends.</summary>
/// <param name="Owner">Marks all processes of one stack; the full path of its state folder.</param>
/// <param name="Kind">Whether it ends before or after the others when the host dies.</param>
/// <param name="Name">Unique within the owner: letters, digits and hyphens.</param>
/// <param name="Command">A program on the PATH, or a full path.</param>
/// <param name="Arguments">Passed as they are, without a shell.</param>
public sealed record SupervisedCommand(
    string Owner, ProcessKind Kind, string Name, string Command, IReadOnlyList<string> Arguments)
{
    /// <summary>Where it runs; default: the host's current folder.</summary>
    public string WorkingDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>Added to the host's environment; a null value removes the variable.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    /// <summary>Asks for an orderly end. Default TERM.</summary>
    public string StopSignal { get; init; } = "TERM";

    /// <summary>After this it is killed. Default 20 s, range 1 s to 10 min.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets each line of output; true for standard error. Called from two threads, one per stream.</summary>
    public Action<string, bool>? Output { get; init; }
}

/// <summary>
/// A process that cannot outlive this one: it hangs on a pipe (see supervise.sh), so that even <c>kill -9</c> of this
/// process ends it and everything it has started.
/// </summary>
public sealed class SupervisedProcess : IAsyncDisposable
{
    // A daemon that escapes the supervisor's sweep may hold the pipes open; its last words are not worth hanging for.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    private readonly Process supervisor;
    private readonly TaskCompletionSource<int> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SupervisedProcess(Process supervisor, Action<string, bool>? output)
    {
        this.supervisor = supervisor;
        var pumps = Task.WhenAll(
            PumpAsync(supervisor.StandardOutput, isError: false, output),
            PumpAsync(supervisor.StandardError, isError: true, output));
        supervisor.Exited += (_, _) => _ = CompleteAsync(pumps);
        supervisor.EnableRaisingEvents = true;
    }

    /// <summary>Completes with the exit code once the command and all that it started are gone.</summary>
    public Task<int> Exit => exit.Task;

    /// <summary>The supervisor's process id; it stays the same while the command runs.</summary>
    public int ProcessId => supervisor.Id;

    public static SupervisedProcess Start(SupervisedCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        // setsid: a Ctrl-C in the terminal reaches the host alone, which then ends the others in order.
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] own =
        [
            "bash", Path.Combine(AppContext.BaseDirectory, "supervise.sh"), command.Owner,
            command.Kind == ProcessKind.Server ? "server" : "service", command.Name, command.StopSignal,
            ((int)command.Grace.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture),
            command.Command,
        ];
        foreach (var argument in own.Concat(command.Arguments))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Variables)
            start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("setsid did not start.");
        return new SupervisedProcess(process, command.Output);
    }

    /// <summary>Ends it in order: stop signal, and killed after its grace time.</summary>
    public Task<int> StopAsync()
    {
        Release("");
        return Exit;
    }

    /// <summary>Ends it at once, as <c>kill -9</c> would.</summary>
    public Task<int> KillAsync()
    {
        Release("kill\n");
        return Exit;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        supervisor.Dispose();
    }

    private void Release(string lastWord)
    {
        try
        {
            supervisor.StandardInput.Write(lastWord);
            supervisor.StandardInput.Close();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Already gone, or already released: either way its end is on the way.
        }
    }

    private async Task CompleteAsync(Task pumps)
    {
        await Task.WhenAny(pumps, Task.Delay(OutputGrace));
        exit.TrySetResult(supervisor.ExitCode);
    }

    private static async Task PumpAsync(StreamReader from, bool isError, Action<string, bool>? output)
    {
        while (await from.ReadLineAsync() is { } line)
            output?.Invoke(line, isError);
    }
}
