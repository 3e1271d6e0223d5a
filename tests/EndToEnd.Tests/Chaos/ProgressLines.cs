namespace SessionPlatform.EndToEnd.Tests.Chaos;

/// <summary>
/// What a long run has to say while it goes on: a file, since a test host's own output is shown after the end.
/// </summary>
public static class ProgressLines
{
    private static readonly string? Target = Environment.GetEnvironmentVariable("SESSIONPLATFORM_CHAOS_PROGRESS");

    public static void Add(string line)
    {
        if (!string.IsNullOrEmpty(Target))
            File.AppendAllText(Target, line + Environment.NewLine);
    }
}
