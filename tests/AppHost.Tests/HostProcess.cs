using System.Diagnostics;
using System.Text.Json;

namespace SessionPlatform.AppHost.Tests;

/// <summary>The AppHost as <c>./run</c> starts it: a process of its own, that can be stopped and killed.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private readonly Process process;
    private readonly TemporaryState state;
    private readonly HttpClient http = new();

    public HostProcess(TemporaryState state)
    {
        this.state = state;
        File.Delete(AddressesFile);
        var program = typeof(Projects.AppHost).Assembly.Location is var tests
            ? Path.Combine(Path.GetDirectoryName(tests)!, "SessionPlatform.AppHost.dll")
            : "";
        var start = new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SESSIONPLATFORM_STATE"] = state.Path;
        start.Environment["SESSIONPLATFORM_DASHBOARD"] = "off";
        start.Environment["SESSIONPLATFORM_PROCESS"] = $"{state.Path}#apphost";
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string FailuresFile => Path.Combine(state.Path, "failures.log");

    private string AddressesFile => Path.Combine(state.Path, "endpoints.json");

    /// <summary>Returns once every service says that it is healthy.</summary>
    public Task HealthyAsync() => EventuallyAsync(AreHealthyAsync, LongestStart, "healthy");

    /// <summary>Returns the report of failed resources once there is one.</summary>
    public async Task<string> FailureAsync()
    {
        await EventuallyAsync(() => Task.FromResult(File.Exists(FailuresFile)), LongestStart, "a failure");
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

    private static Task EventuallyAsync(Func<Task<bool>> holds, TimeSpan longest, string what) =>
        EventuallyAsync(holds, longest, () => what);

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
