using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace SessionPlatform.EndToEnd.Tests.Suites;

/// <summary>
/// The private PostgreSQL or RabbitMQ of a stack, to be stopped at once and started again on its port and data.
/// </summary>
public sealed class ServerProcess
{
    public const string Postgres = "postgres";
    public const string RabbitMq = "rabbitmq";

    private const string Supervisor = "supervise.sh";

    // Of RabbitMQ it is the virtual machine that is killed; PostgreSQL knows an immediate stop of its own.
    private static readonly Dictionary<string, (string Program, string Signal)> Ends = new()
    {
        [Postgres] = ("postgres", "QUIT"),
        [RabbitMq] = ("beam.smp", "KILL"),
    };

    private readonly string state;
    private readonly string name;
    private readonly StackProcess supervisor;
    private readonly string folder;

    private ServerProcess(string state, string name)
    {
        this.state = state;
        this.name = name;
        supervisor = StackProcess.First(Supervisors(state, name));
        folder = supervisor.Folder();
    }

    public static ServerProcess Find(string state, string name) => new(state, name);

    /// <summary>The server itself.</summary>
    public static StackProcess Running(string state, string name) => StackProcess.First(
        StackProcess.OfStack(state, $"server:{name}")
            .Where(process => process.Command is [var first, ..] && Path.GetFileName(first) == Ends[name].Program));

    /// <summary>Returns when nothing of it is left.</summary>
    public async Task StopImmediatelyAsync()
    {
        var kill = new ProcessStartInfo(
            "/bin/bash", ["-c", $"kill -{Ends[name].Signal} \"$0\"", Text(Running(state, name).Id)]);
        (await ProcessResult.RunAsync(kill, TimeSpan.FromSeconds(10))).Succeeded();
        await Eventually.GetAsync(
            () => Task.FromResult(
                Supervisors(state, name).Count() + StackProcess.OfStack(state, $"server:{name}").Count),
            left => left == 0);
    }

    /// <summary>
    /// Under a supervisor as before, which ends it when the standard input of what is returned is closed.
    /// </summary>
    public Process StartAgain()
    {
        var start = supervisor.Successor(folder, Suite.LogOfRestarted(state), ["setsid", .. supervisor.Command]);
        start.RedirectStandardInput = true;
        return Process.Start(start)!;
    }

    /// <summary>Waits until it takes connections.</summary>
    public Task AwaitAsync() => Eventually.GetAsync(IsListeningAsync, listening => listening);

    private async Task<bool> IsListeningAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port());
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // The arguments of the script are the state folder and the port.
    private int Port()
    {
        var script = supervisor.Command.Index().Single(part => Path.GetFileName(part.Item) == $"{name}.sh").Index;
        return int.Parse(supervisor.Command[script + 2], CultureInfo.InvariantCulture);
    }

    private static IEnumerable<StackProcess> Supervisors(string state, string name) => StackProcess.All()
        .Where(process => process.Command is [var shell, var script, var owner, "server", var server, ..]
            && Path.GetFileName(shell) == "bash" && Path.GetFileName(script) == Supervisor
            && owner == state && server == name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
