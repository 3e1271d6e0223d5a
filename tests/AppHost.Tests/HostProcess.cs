using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace SessionPlatform.AppHost.Tests;

/// <summary>The AppHost as <c>./run</c> starts it: a process of its own, that can be stopped and killed.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private const int KeptLines = 40;

    private readonly Process process;
    private readonly TemporaryState state;
    private readonly HttpClient http = new();
    private readonly ConcurrentQueue<string> lastLines = [];

    public HostProcess(TemporaryState state)
    {
        this.state = state;
        File.Delete(AddressesFile);
        var start = new ProcessStartInfo("dotnet", [Program]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SESSIONPLATFORM_STATE"] = state.Path;
        start.Environment["SESSIONPLATFORM_DASHBOARD"] = "off";
        start.Environment["SESSIONPLATFORM_PROCESS"] = $"{state.Path}#apphost";
        // Variables of the test run would change how the orchestrator starts the services.
        foreach (var name in start.Environment.Keys.Where(IsOfTestRun).ToArray())
            start.Environment.Remove(name);
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string FailuresFile => Path.Combine(state.Path, "failures.log");

    // The AppHost's own build, not the copy beside the tests.
    private static string Program => Path.Combine(
        Projects.AppHost.ProjectPath,
        "bin",
        Configuration,
        "net10.0",
        "SessionPlatform.AppHost.dll");

    private static string Configuration =>
        typeof(HostProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private string AddressesFile => Path.Combine(state.Path, "endpoints.json");

    /// <summary>Returns once every service says that it is healthy.</summary>
    public Task HealthyAsync() => RunsUntilAsync(AreHealthyAsync, "healthy");

    /// <summary>Returns the report of failed resources once there is one.</summary>
    public async Task<string> FailureAsync()
    {
        await RunsUntilAsync(() => Task.FromResult(File.Exists(FailuresFile)), "a failure");
        return await File.ReadAllTextAsync(FailuresFile);
    }

    /// <summary>Sends a signal by name and waits until the AppHost is gone, and all that it started.</summary>
    public async Task<TimeSpan> EndAsync(string signal)
    {
        var clock = Stopwatch.StartNew();
        using var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
        await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(LongestEnd);
        await EventuallyAsync(
            () => Task.FromResult(state.Processes().Count == 0),
            LongestEnd,
            () => $"no process left, but: {string.Join('\n', state.Processes())}");
        return clock.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await EndAsync("TERM");
        process.Dispose();
        http.Dispose();
    }

    private async Task<bool> AreHealthyAsync()
    {
        if (!File.Exists(AddressesFile))
            return false;
        using var addresses = JsonDocument.Parse(await File.ReadAllBytesAsync(AddressesFile));
        foreach (var service in addresses.RootElement.GetProperty("services").EnumerateObject())
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"{service.Value.GetProperty("http").GetString()}/health"));
                if (!answer.IsSuccessStatusCode)
                    return false;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        return true;
    }

    private string Output => string.Join('\n', lastLines);

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lastLines.Enqueue(line);
        if (lastLines.Count > KeptLines)
            lastLines.TryDequeue(out _);
    }

    private static bool IsOfTestRun(string variable) =>
        variable.StartsWith("MSBUILD", StringComparison.Ordinal)
        || variable.StartsWith("VSTEST", StringComparison.Ordinal);

    // Fails at once when the AppHost ends before that.
    private Task RunsUntilAsync(Func<Task<bool>> holds, string what) => EventuallyAsync(
        () => process.HasExited
            ? throw new InvalidOperationException($"The AppHost ended with {process.ExitCode}:\n{Output}")
            : holds(),
        LongestStart,
        () => $"{what}\n{Output}");

    private static async Task EventuallyAsync(Func<Task<bool>> holds, TimeSpan longest, Func<string> what)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            if (clock.Elapsed > longest)
                throw new TimeoutException($"Not within {longest}: {what()}");
            await Task.Delay(Tick);
        }
    }
}
