using System.Text.RegularExpressions;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// A regular expression of a maintained list, applied to what anybody sends: built when it is first needed, tried only
/// where its literals occur, and bound in time.
/// </summary>
/// <param name="pattern">In the syntax that Perl, JavaScript and .NET share.</param>
/// <param name="ignoresCase">Whether upper and lower case are the same.</param>
/// <param name="limit">How long one match may take.</param>
internal sealed class UserAgentPattern(string pattern, bool ignoresCase, TimeSpan limit)
{
    private readonly string[][] clauses = PatternLiterals.Of(pattern);
    private readonly StringComparison comparison =
        ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
    private Regex? regex;

    /// <summary>The pattern.</summary>
    public string Text => pattern;

    /// <summary>Whether upper and lower case are the same.</summary>
    public bool IgnoresCase => ignoresCase;

    /// <summary>Its match; null when there is none.</summary>
    /// <exception cref="RegexMatchTimeoutException">It took too long, twice.</exception>
    public Match? Match(string userAgent)
    {
        if (!MayMatch(userAgent))
            return null;
        var match = Try(userAgent);
        return match.Success ? match : null;
    }

    /// <summary>Whether the text contains what every match does.</summary>
    public bool MayMatch(string userAgent)
    {
        foreach (var clause in clauses)
            if (!ContainsAny(userAgent, clause))
                return false;
        return true;
    }

    private bool ContainsAny(string userAgent, string[] literals)
    {
        foreach (var literal in literals)
            if (userAgent.Contains(literal, comparison))
                return true;
        return false;
    }

    // The limit is in time that passes, and a busy machine may pass it elsewhere; hardly twice in a row.
    private Match Try(string userAgent)
    {
        // Built twice by two threads at worst.
        var built = regex ??= new Regex(pattern, Options, limit);
        try
        {
            return built.Match(userAgent);
        }
        catch (RegexMatchTimeoutException)
        {
            return built.Match(userAgent);
        }
    }

    private RegexOptions Options =>
        RegexOptions.CultureInvariant | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None);
}
