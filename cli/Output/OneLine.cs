using System.Text.RegularExpressions;

namespace SessionPlatform.Cli.Output;

/// <summary>Errors are one line each, whatever they are made from.</summary>
internal static partial class OneLine
{
    /// <summary>The text with every run of white space and control characters as one space.</summary>
    public static string Of(string text) => Breaks().Replace(text, " ").Trim();

    [GeneratedRegex(@"[\s\p{Cc}]+")]
    private static partial Regex Breaks();
}
