using System.Text.RegularExpressions;

namespace SessionPlatform.Oracle;

/// <summary>What makes a conversion of an event: every predicate that is given holds. Empty: not given.</summary>
/// <param name="kind">As in Event.kind.</param>
/// <param name="eventName">As in Event.name, exactly.</param>
/// <param name="path">A glob over the whole path, ignoring case; an event without a path matches none.</param>
/// <param name="name">What people call it.</param>
public sealed class OracleGoal(string kind = "", string eventName = "", string path = "", string name = "")
{
    private readonly Regex pathPattern = PatternOf(path);

    public string Name => name;

    public bool Matches(OracleEvent e) =>
        (kind.Length == 0 || kind == e.Sent.Kind)
        && (eventName.Length == 0 || eventName == e.Sent.Name)
        && (path.Length == 0 || (e.Path.Length > 0 && pathPattern.IsMatch(Fold(e.Path))));

    // Without backtracking, since sites write these patterns and visitors the paths.
    private static Regex PatternOf(string glob) => new(
        @"\A" + Regex.Escape(Fold(glob)).Replace(@"\*\*", ".*", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal) + @"\z",
        RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);

    // Both sides in one case: a regular expression's own notion of it takes more characters for the same.
    private static string Fold(string text) => text.ToUpperInvariant();
}
