using SessionPlatform.Contracts.Journeys.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Parses rules that group pages under a name, as people type them: <c>/p/*=Product</c>, or only the pattern.
/// </summary>
internal static class PathRules
{
    public const string Grammar = "PATTERN[=NAME]";

    /// <summary>Returns the rule, or null and the error.</summary>
    public static PathRule? Parse(string text, out string error)
    {
        error = "";
        // Paths may contain "=", names rarely do: the last one separates them.
        var equals = text.LastIndexOf('=');
        var rule = new PathRule
        {
            Pattern = (equals < 0 ? text : text[..equals]).Trim(),
            Replacement = equals < 0 ? "" : text[(equals + 1)..].Trim(),
        };
        if (rule.Pattern.Length > 0)
            return rule;
        error = $"'{text}' is no rule: write {Grammar}, e.g. '/p/*=Product' or '/docs/**'.";
        return null;
    }
}
