namespace SessionPlatform.Benchmarks.Harness;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string File(string name) => Path.Combine(Root, name);

    private static string Find(DirectoryInfo folder) =>
        System.IO.File.Exists(Path.Combine(folder.FullName, "SessionPlatform.sln"))
            ? folder.FullName
            : Find(folder.Parent ?? throw new DirectoryNotFoundException("This does not run inside the repository."));
}
