namespace SessionPlatform.Benchmarks.Stack;

/// <summary>
/// Creates data folders. <c>./bench</c> stops what runs in them and removes them if this process crashes.
/// </summary>
internal static class BenchFolder
{
    private static int folders;

    public static string Create(string name)
    {
        var parent = Environment.GetEnvironmentVariable("SESSIONPLATFORM_BENCH_FOLDER");
        return parent is null
            ? Directory.CreateTempSubdirectory($"sessionplatform-bench-{name}-").FullName
            : Directory.CreateDirectory(
                Path.Combine(parent, $"{name}-{Interlocked.Increment(ref folders)}")).FullName;
    }
}
