using System.Text.RegularExpressions;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Names of enum values as people write them.</summary>
internal static partial class Words
{
    /// <summary>"max-duration" for MaxDuration.</summary>
    public static string Of<T>(T value)
        where T : struct, System.Enum =>
        Humps().Replace(value.ToString(), "-").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Humps();
}
