using System.Text.RegularExpressions;

namespace SessionPlatform.Funnel.Matching;

/// <summary>Regular expressions of callers: matched in time that grows with the text alone.</summary>
internal static class Expressions
{
    /// <exception cref="ArgumentException">It is none.</exception>
    /// <exception cref="NotSupportedException">It asks for look-around or back references, or is too large.</exception>
    public static Regex Compile(string expression) =>
        new(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    public static bool Compiles(string expression)
    {
        try
        {
            Compile(expression);
            return true;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
