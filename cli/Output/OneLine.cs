using System.Text.RegularExpressions;

namespace SessionPlatform.Cli.Output;

/// <summary>Reduces texts to one line, the form of all errors.</summary>
internal static partial class OneLine
{
    /// <summary>Replaces each run of white space and control characters by one space.</summary>
    public static string Of(string text) => Breaks().Replace(text, " ").Trim();

    [GeneratedRegex(@"[\s\p{Cc}]+")]
    private static partial Regex Breaks();
}
