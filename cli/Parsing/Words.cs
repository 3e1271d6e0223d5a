using System.Text.RegularExpressions;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Converts the names of enum values to the words that people write.</summary>
internal static partial class Words
{
    /// <summary>Converts PascalCase to kebab case: "max-duration" for MaxDuration.</summary>
    public static string Of<T>(T value)
        where T : struct, System.Enum =>
        Humps().Replace(value.ToString(), "-").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Humps();
}
