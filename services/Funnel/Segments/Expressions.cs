using System.Text.RegularExpressions;

namespace SessionPlatform.Funnel.Segments;

/// <summary>Compiles regular expressions of callers so that matching takes linear time.</summary>
internal static class Expressions
{
    /// <exception cref="ArgumentException">The text is no regular expression.</exception>
    /// <exception cref="NotSupportedException">
    /// The expression has look-around or back references, or is too large.
    /// </exception>
    public static Regex Compile(string expression) =>
        new(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Whether <see cref="Compile"/> accepts the expression.</summary>
    public static bool Compiles(string expression)
    {
        try
        {
            Compile(expression);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
