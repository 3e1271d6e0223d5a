namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// Extracts literals that a text must contain to match a regular expression. There are thousands of rules for user
/// agents, and nearly all require something that hardly any user agent contains, so that the search for literals saves
/// nearly all the matching.
/// </summary>
/// <remarks>
/// It parses only common constructs: a construct that it does not understand requires no literal.
/// </remarks>
internal ref struct PatternLiterals
{
    private const int MaxClauses = 3;
    private const int MaxAlternatives = 1000;
    private const int MinLiteralLength = 2;

    // Words of so many user agents that their presence says little.
    private static readonly string[] Common =
        ["mozilla", "android", "applewebkit", "linux", "build", "chrome", "safari", "version", "mobile", "gecko"];

    private readonly ReadOnlySpan<char> pattern;
    private int at;

    private PatternLiterals(string pattern) => this.pattern = pattern;

    /// <summary>
    /// Returns at most three clauses, the most selective first. Every matching text, in lower case, contains at least
    /// one of the lower-case literals of each clause.
    /// </summary>
    public static string[][] Of(string pattern)
    {
        var reader = new PatternLiterals(pattern);
        var clauses = reader.Alternatives(depth: 0);
        return reader.at < pattern.Length || clauses is null
            ? []
            : [.. clauses.OrderByDescending(Worth).Take(MaxClauses)];
    }

    private static double Worth(string[] clause) =>
        clause.Min(literal => Array.Exists(Common, common => common.Contains(literal, StringComparison.Ordinal))
            ? 1 : literal.Length) - (clause.Length / 1000.0);

    // Parses up to the parenthesis that closes a group, or to the end. Null when the pattern is not supported.
    private List<string[]>? Alternatives(int depth)
    {
        List<string[]>? all = null;
        while (true)
        {
            if (Sequence(depth) is not { } branch)
                return null;
            all = all is null ? branch : Either(all, branch);
            if (at >= pattern.Length || pattern[at] != '|')
                return all;
            at++;
        }
    }

    // An alternative requires one literal of the best clause of either branch.
    private static List<string[]> Either(List<string[]> one, List<string[]> other)
    {
        if (one.Count == 0 || other.Count == 0)
            return [];
        string[] joined = [.. one.MaxBy(Worth)!, .. other.MaxBy(Worth)!];
        return joined.Length > MaxAlternatives ? [] : [joined];
    }

    private List<string[]>? Sequence(int depth)
    {
        var clauses = new List<string[]>();
        var run = new System.Text.StringBuilder();
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            if (pattern[at] == '(')
            {
                EndRun(run, clauses);
                if (Group(depth) is not { } required)
                    return null;
                if (!SkipQuantifier(out _))
                    clauses.AddRange(required);
                continue;
            }

            var literal = Atom(out var isZeroWidth);
            var isOptional = SkipQuantifier(out var isRepeated);
            if (literal is { } character && !isOptional)
                run.Append(character);
            if ((literal is null && !isZeroWidth) || isOptional || isRepeated)
                EndRun(run, clauses);
        }

        if (at < pattern.Length && pattern[at] == ')' && depth == 0)
            return null;
        EndRun(run, clauses);
        return clauses;
    }

    private static void EndRun(System.Text.StringBuilder run, List<string[]> clauses)
    {
        if (run.Length >= MinLiteralLength)
            clauses.Add([run.ToString()]);
        run.Clear();
    }

    private List<string[]>? Group(int depth)
    {
        at++;
        var isRequired = true;
        if (Takes("?:"))
        {
            // A group without a capture requires what a group with one does.
        }
        else if (Takes("?!") || Takes("?<!") || Takes("?=") || Takes("?<="))
        {
            isRequired = false;
        }
        else if (at < pattern.Length && pattern[at] == '?')
        {
            return null;
        }

        var required = Alternatives(depth + 1);
        if (required is null || !Takes(")"))
            return null;
        return isRequired ? required : [];
    }

    // The lower-case character that the atom matches, if it matches only one; null otherwise.
    private char? Atom(out bool isZeroWidth)
    {
        var character = pattern[at++];
        isZeroWidth = character is '^' or '$';
        switch (character)
        {
            case '[':
                return Class();
            case '.' or '^' or '$':
                return null;
            case '\\' when at < pattern.Length:
                return Escaped(out isZeroWidth);
            default:
                return char.ToLowerInvariant(character);
        }
    }

    private char? Escaped(out bool isZeroWidth)
    {
        var character = pattern[at++];
        isZeroWidth = character is 'b' or 'B' or 'A' or 'z' or 'Z';
        if (!char.IsAsciiLetterOrDigit(character))
            return character;
        // The digits of a code or reference are part of the escape and not literals.
        at += character switch { 'x' => 2, 'u' => 4, 'c' => 1, _ => 0 };
        at = Math.Min(at, pattern.Length);
        return null;
    }

    // A class such as "[Ss]" matches one character regardless of case.
    private char? Class()
    {
        var first = at;
        if (at < pattern.Length && pattern[at] == '^')
            at++;
        var any = at;
        while (at < pattern.Length && (pattern[at] != ']' || at == any))
            at += pattern[at] == '\\' ? 2 : 1;
        at = Math.Min(at + 1, pattern.Length);
        return at - first == 3
            && char.IsAsciiLetter(pattern[first])
            && char.ToLowerInvariant(pattern[first]) == char.ToLowerInvariant(pattern[first + 1])
            ? char.ToLowerInvariant(pattern[first])
            : null;
    }

    /// <summary>Skips a quantifier, if there is one, and returns whether it allows zero occurrences.</summary>
    private bool SkipQuantifier(out bool isRepeated)
    {
        isRepeated = false;
        if (at >= pattern.Length || !(pattern[at] is '*' or '+' or '?' || IsCount()))
            return false;
        var isOptional = pattern[at] is '*' or '?' || (pattern[at] == '{' && pattern[at + 1] == '0');
        isRepeated = true;
        if (pattern[at] == '{')
            at += pattern[at..].IndexOf('}');
        at++;
        if (at < pattern.Length && pattern[at] is '?' or '+')
            at++;
        return isOptional;
    }

    // "{2}", "{2,}" and "{2,5}" are quantifiers; any other brace is a literal.
    private readonly bool IsCount()
    {
        if (pattern[at] != '{' || at + 1 >= pattern.Length || !char.IsAsciiDigit(pattern[at + 1]))
            return false;
        var end = pattern[at..].IndexOf('}');
        return end > 0 && pattern.Slice(at + 1, end - 1).TrimEnd("0123456789,").IsEmpty;
    }

    private bool Takes(string text)
    {
        if (!pattern[at..].StartsWith(text, StringComparison.Ordinal))
            return false;
        at += text.Length;
        return true;
    }
}
