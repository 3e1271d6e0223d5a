using System.Text.RegularExpressions;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Parses a name with fields, such as a step or a goal. The name ends at the first colon; a comma begins a field only
/// if a field name follows, so values may contain commas.
/// </summary>
/// <param name="What">The noun for error messages, for example "step".</param>
/// <param name="Example">A valid example for error messages.</param>
/// <param name="Fields">The list of fields for error messages.</param>
internal sealed partial record NamedFields(string What, string Example, string Fields)
{
    public const string Grammar = "NAME:FIELD=VALUE[,FIELD=VALUE]…";

    /// <summary>Returns the name, or null and the error.</summary>
    /// <param name="trySet">Sets a field to its value; returns false when the field is unknown.</param>
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
