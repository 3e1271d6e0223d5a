using System.Globalization;
using System.Text.RegularExpressions;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>One rule of uap-core: a pattern, and how its groups become a name and a version.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="replacements">
/// Replacements by slot: the name first, then the parts of the version. Null takes the group of the slot, the first of
/// which is 1. In a replacement, <c>$1</c> to <c>$9</c> stand for groups.
/// </param>
internal sealed class UserAgentRule(UserAgentPattern pattern, IReadOnlyList<string?> replacements)
{
    /// <summary>The pattern.</summary>
    public UserAgentPattern Pattern => pattern;

    /// <summary>Returns name and version; null when the user agent does not match.</summary>
    public (string Name, string Version)? Apply(UserAgentText userAgent)
    {
        if (pattern.Match(userAgent) is not { } match)
            return null;
        var version = "";
        for (var slot = 1; slot < replacements.Count && Slot(match, slot) is { Length: > 0 } part; slot++)
            version = version.Length == 0 ? part : $"{version}.{part}";
        return (Slot(match, 0), version);
    }

    private string Slot(Match match, int slot)
    {
        if (replacements[slot] is not { } replacement)
            return match.Groups[slot + 1].Value.Trim();
        if (!replacement.Contains('$'))
            return replacement;
        for (var group = 1; group <= 9; group++)
            replacement = replacement.Replace(
                string.Create(CultureInfo.InvariantCulture, $"${group}"), match.Groups[group].Value,
                StringComparison.Ordinal);
        return replacement.Trim();
    }
}
