using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Parses event patterns as people type them: <c>kind=pageview,path=/cart/**</c>. Files allow more fields.
/// </summary>
internal static class EventMatches
{
    public const string Grammar = "FIELD=VALUE,…";

    private const string Fields = "kind=, event=, path=, exact-path=, path-regex= or category=";

    /// <summary>Returns the pattern, or null and the error.</summary>
    public static EventMatch? Parse(string text, out string error)
    {
        error = "";
        var match = new EventMatch();
        foreach (var part in text.Split(','))
        {
            if (part.Split('=', 2) is [var field, { Length: > 0 } value] && TrySet(match, field.Trim(), value))
                continue;
            error = $"'{part}' is no part of a pattern of events: write {Fields}, e.g. kind=pageview,path=/cart/**.";
            return null;
        }

        return match;
    }

    private static bool TrySet(EventMatch match, string field, string value)
    {
        switch (field)
        {
            case "kind":
                match.Kind = value;
                return true;
            case "event":
                match.EventName = value;
                return true;
            case "path":
                match.Path = value;
                return true;
            case "exact-path":
                match.ExactPath = value;
                return true;
            case "path-regex":
                match.PathRegex = value;
                return true;
            case "category":
                match.Category = value;
                return true;
            default:
                return false;
        }
    }
}
