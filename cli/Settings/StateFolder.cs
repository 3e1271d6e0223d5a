namespace SessionPlatform.Cli.Settings;

/// <summary>
/// Finds the state folder of the local suite: <c>SESSIONPLATFORM_STATE</c>, else <c>.local</c> here or in the
/// nearest folder above that has one, else <c>.local</c> here.
/// </summary>
internal static class StateFolder
{
    private const string Name = ".local";

    public static string Find(CliEnvironment environment)
    {
        if (environment.Variable("SESSIONPLATFORM_STATE") is { Length: > 0 } given)
            return Path.GetFullPath(given);

        var start = Directory.GetCurrentDirectory();
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, Name);
            if (Directory.Exists(candidate))
                return candidate;
        }

        return Path.Combine(start, Name);
    }
}
