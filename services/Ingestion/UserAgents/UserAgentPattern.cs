using System.Buffers;
using System.Text.RegularExpressions;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// A regular expression of a maintained list that is applied to untrusted text: compiled on first use, tried only on
/// text that contains its literals, and limited by a timeout.
/// </summary>
/// <param name="pattern">The expression, in the syntax that Perl, JavaScript and .NET share.</param>
/// <param name="ignoresCase">Whether the match ignores case.</param>
/// <param name="limit">Timeout of one match.</param>
internal sealed class UserAgentPattern(string pattern, bool ignoresCase, TimeSpan limit)
{
    private const int Few = 3;

    private readonly (string[] Literals, SearchValues<string>? Many)[] clauses = [.. PatternLiterals.Of(pattern).Select(
        clause => (clause, clause.Length > Few ? SearchValues.Create(clause, StringComparison.Ordinal) : null))];
    private Regex? regex;

    /// <summary>The pattern.</summary>
    public string Text => pattern;

    /// <summary>Whether the match ignores case.</summary>
    public bool IgnoresCase => ignoresCase;

    /// <summary>Literals in lower case, one of which every match contains; empty when none is required.</summary>
    public string[] RequiredLiterals => clauses.Length > 0 ? clauses[0].Literals : [];

    /// <summary>Returns the match; null when there is none.</summary>
    /// <exception cref="RegexMatchTimeoutException">The match timed out twice.</exception>
    public Match? Match(UserAgentText userAgent)
    {
        if (!MayMatch(userAgent))
            return null;
        userAgent.CheckTime(pattern);
        var match = Try(userAgent.Text);
        return match.Success ? match : null;
    }

    /// <summary>Whether the text contains the literals that every match contains.</summary>
    public bool MayMatch(UserAgentText userAgent)
    {
        foreach (var (few, many) in clauses)
            if (!(many is null ? ContainsAny(userAgent.Lower, few) : userAgent.Lower.AsSpan().ContainsAny(many)))
                return false;
        return true;
    }

    private static bool ContainsAny(string userAgent, string[] literals)
    {
        foreach (var literal in literals)
            if (userAgent.Contains(literal, StringComparison.Ordinal))
                return true;
        return false;
    }

    // The timeout is in wall-clock time, which a busy machine may spend elsewhere, but hardly twice in a row.
    private Match Try(string userAgent)
    {
        // At worst two threads compile it at once.
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
