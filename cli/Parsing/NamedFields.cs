using System.Text.RegularExpressions;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Steps and goals as people type them: a name and fields. The name ends at the first colon; a comma begins a field
/// only where one follows, so values may hold commas.
/// </summary>
/// <param name="What">What is typed, e.g. "step".</param>
/// <param name="Example">One that is right.</param>
/// <param name="Fields">The fields there are, as an error names them.</param>
internal sealed partial record NamedFields(string What, string Example, string Fields)
{
    public const string Grammar = "NAME:FIELD=VALUE[,FIELD=VALUE]…";

    /// <summary>The name, or null and what is wrong.</summary>
    /// <param name="trySet">Takes a field and its value; false where there is no such field.</param>
    public string? Parse(string text, Func<string, string, bool> trySet, out string error)
    {
        error = "";
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            error = $"'{text}' is no {What}: write {Grammar}, e.g. '{Example}'.";
            return null;
        }

        var name = text[..colon].Trim();
        foreach (var part in BetweenFields().Split(text[(colon + 1)..]))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !trySet(part[..equals].Trim(), part[(equals + 1)..].Trim()))
            {
                error = $"'{part}' in {What} '{name}' is no field: write {Fields}.";
                return null;
            }
        }

        return name;
    }

    [GeneratedRegex(@",(?=\s*[a-z_]+\s*=)")]
    private static partial Regex BetweenFields();
}
