using System.Reflection;

namespace SessionPlatform.EndToEnd.Tests.Suites;

/// <summary>Where things are.</summary>
public static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Folder of the protos that every protoc needs.</summary>
    public static string ProtoImports { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(each => each.Key == "ProtoImports").Value!;

    /// <summary>Continuous integration: what is missing fails instead of being skipped.</summary>
    public static bool IsContinuousIntegration { get; } = Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>Real traffic that may lie beside the repository; null where it does not.</summary>
    public static string? SharedData(string name)
    {
        var file = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", name));
        return File.Exists(file) ? file : null;
    }

    public static string Sample(string name) => Path.Combine(Root, "samples", name);

    private static string Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "SessionPlatform.sln")) ? folder.FullName : Find(folder.Parent!);
}
