using System.Collections.Concurrent;
using System.Diagnostics;
using SessionPlatform.EndToEnd.Tests.Suites;

namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>
/// Kills parts of a suite and starts them again, as a supervisor would. Disposed, it leaves the suite stopped.
/// </summary>
public sealed class Killer(Suite suite) : IAsyncDisposable
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<Process> services = [];
    private readonly ConcurrentQueue<Process> servers = [];

    /// <summary>How often each died.</summary>
    public ConcurrentDictionary<Victim, int> Deaths { get; } = [];

    /// <summary>File name of a service's program.</summary>
    public static string ProgramOf(Victim service) => $"SessionPlatform.{service}";

    /// <summary>Returns once it is started again.</summary>
    public async Task KillAsync(Death death)
    {
        Deaths.AddOrUpdate(death.Victim, 1, (_, count) => count + 1);
        if (death.Victim is not (Victim.Postgres or Victim.RabbitMq))
        {
            var service = await ServiceProcess.FindAsync(suite.State, ProgramOf(death.Victim));
            service.Kill();
            await Task.Delay(death.Downtime);
            Start(service);
            return;
        }

        var server = ServerProcess.Find(
            suite.State, death.Victim == Victim.Postgres ? ServerProcess.Postgres : ServerProcess.RabbitMq);
        await server.StopImmediatelyAsync();
        await Task.Delay(death.Downtime);
        servers.Enqueue(server.StartAgain());
        await server.AwaitAsync();
    }

    /// <summary>Starts what was killed by other hands.</summary>
    public void Start(ServiceProcess service) => services.Enqueue(service.StartAgain());

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services)
        {
            service.Kill();
            service.Dispose();
        }

        // A supervisor that is let go waits for the services to end first, those that the AppHost ends included.
        foreach (var server in servers)
            server.StandardInput.Close();
        await suite.StopAsync();
        foreach (var server in servers)
        {
            using var late = new CancellationTokenSource(LongestEnd);
            await server.WaitForExitAsync(late.Token);
            server.Dispose();
        }
    }
}
