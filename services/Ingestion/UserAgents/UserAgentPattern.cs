using System.Buffers;
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
    private const int Few = 3;

    private readonly (string[] Literals, SearchValues<string>? Many)[] clauses = [.. PatternLiterals.Of(pattern).Select(
        clause => (clause, clause.Length > Few ? SearchValues.Create(clause, StringComparison.Ordinal) : null))];
    private Regex? regex;

    /// <summary>The pattern.</summary>
    public string Text => pattern;

    /// <summary>Whether upper and lower case are the same.</summary>
    public bool IgnoresCase => ignoresCase;

    /// <summary>Of these literals every match contains one, in lower case; empty: it needs none.</summary>
    public string[] Needed => clauses.Length > 0 ? clauses[0].Literals : [];

    /// <summary>Its match; null when there is none.</summary>
    /// <exception cref="RegexMatchTimeoutException">It took too long, twice.</exception>
    public Match? Match(UserAgentText userAgent)
    {
        if (!MayMatch(userAgent))
            return null;
        userAgent.CheckTime(pattern);
        var match = Try(userAgent.Text);
        return match.Success ? match : null;
    }

    /// <summary>Whether the text contains what every match does.</summary>
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
