using System.Text.RegularExpressions;

namespace SessionPlatform.Oracle;

/// <summary>What makes a conversion of an event: every predicate that is given holds. Empty: not given.</summary>
/// <param name="Kind">As in Event.kind.</param>
/// <param name="EventName">As in Event.name, exactly.</param>
/// <param name="Path">A glob over the whole path, ignoring case.</param>
public sealed record OracleGoal(string Kind, string EventName, string Path)
{
    private readonly Regex path = PatternOf(Path);

    public bool Matches(OracleEvent e) =>
        (Kind.Length == 0 || Kind == e.Sent.Kind)
        && (EventName.Length == 0 || EventName == e.Sent.Name)
        && (Path.Length == 0 || path.IsMatch(Fold(e.Path)));

    // Without backtracking, since sites write these patterns and visitors the paths.
    private static Regex PatternOf(string glob) => new(
        @"\A" + Regex.Escape(Fold(glob)).Replace(@"\*\*", ".*", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal) + @"\z",
        RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);

    // Both sides in one case: a regular expression's own notion of it takes more characters for the same.
    private static string Fold(string text) => text.ToUpperInvariant();
}
