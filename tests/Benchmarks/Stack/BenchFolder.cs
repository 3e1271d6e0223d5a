namespace SessionPlatform.Benchmarks.Stack;

/// <summary>Folders for data. <c>./bench</c> stops and removes what is in them, should this process die.</summary>
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
