using System.Diagnostics;
using System.Reflection;

namespace SessionPlatform.AppHost.Tests;

/// <summary>The test host with one of its models, as a process of its own that can be stopped and killed.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly List<string> lines = [];
    private readonly SemaphoreSlim changed = new(0);

    public HostProcess(string model, TemporaryState state, params string[] settings)
    {
        var program = typeof(HostProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "TestHost").Value!;
        process = Process.Start(
            new ProcessStartInfo("dotnet", [program, $"--model={model}", $"--state={state.Path}", .. settings])
            {
                RedirectStandardOutput = true,
            })!;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
    }

    /// <summary>What it has printed so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    /// <summary>The first line that begins with this text; fails when none comes.</summary>
    public async Task<string> LineAsync(string start)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (Lines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) is { } found)
                return found;
            try
            {
                await changed.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"No line '{start}…' in:\n{string.Join('\n', Lines)}");
            }
        }
    }

    public int Index(string start) =>
        Lines.Index().First(line => line.Item.StartsWith(start, StringComparison.Ordinal)).Index;

    /// <summary>Sends a signal by name and waits for the host to be gone.</summary>
    public async Task EndAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
        await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await EndAsync("TERM");
        process.Dispose();
        changed.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (lines)
            lines.Add(line);
        changed.Release();
    }
}
