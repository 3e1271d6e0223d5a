using System.Globalization;
using System.Text.RegularExpressions;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>One rule of uap-core: a pattern, and what to make of its groups.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="replacements">
/// By slot, the name first, then the parts of the version. Null: the group of the slot, of which the first is 1.
/// In a replacement <c>$1</c> to <c>$9</c> stand for groups.
/// </param>
internal sealed class UserAgentRule(UserAgentPattern pattern, IReadOnlyList<string?> replacements)
{
    /// <summary>The pattern.</summary>
    public UserAgentPattern Pattern => pattern;

    /// <summary>Name and version, if the user agent matches.</summary>
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
