namespace SessionPlatform.AppHost.Tests;

/// <summary>A state folder of one test, which the servers' unprivileged users can enter; removed afterwards.</summary>
public sealed class TemporaryState : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sessionplatform-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>The processes that still carry this state's mark.</summary>
    public IReadOnlyList<string> Processes() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(System.IO.Path.GetFileName(folder), out _))
            .Where(folder => Environment(folder).Contains($"SESSIONPLATFORM_PROCESS={Path}#", StringComparison.Ordinal))
            .Select(CommandLine)];

    private static string Environment(string folder) => Read(System.IO.Path.Combine(folder, "environ"));

    private static string CommandLine(string folder) =>
        $"{folder}: {Read(System.IO.Path.Combine(folder, "cmdline")).Replace('\0', ' ')}";

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
