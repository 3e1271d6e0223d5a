using SessionPlatform.Contracts.Metrics.V1;
using Operator = SessionPlatform.Contracts.Metrics.V1.Filter.Types.Operator;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Parses conditions on sessions as people type them: <c>country is CH,DE</c>, <c>path matches-not ^/p/</c>,
/// <c>campaign any</c>, <c>campaign none</c>.
/// </summary>
internal static class Filters
{
    public const string Grammar = "DIMENSION OPERATOR [VALUE,…]";

    // "none" is an additional word for a missing value.
    private const string None = "none";

    private static readonly string Operators = $"{ReportWords.Operators.All}, {None}";

    /// <summary>Returns the filter, or null and the error.</summary>
    public static Filter? Parse(string text, out string error)
    {
        var words = text.Trim().Split(' ', 3, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2)
        {
            error = $"'{text}' is no filter: write {Grammar}, e.g. 'country is CH,DE' or 'campaign any'.";
            return null;
        }

        if (ReportWords.Dimensions.Parse(words[0], out error) is not { } dimension)
            return null;
        var (word, values) = (words[1], words.Length > 2 ? words[2] : "");
        // People may write "is not" for "is-not".
        if (values.StartsWith("not ", StringComparison.OrdinalIgnoreCase))
            (word, values) = ($"{word}-not", values["not ".Length..].TrimStart());
        return Of(dimension, word, values, out error);
    }

    private static Filter? Of(Dimension.Types.Name dimension, string word, string values, out string error)
    {
        error = "";
        var filter = new Filter { Dimension = dimension };
        if (word.Equals(None, StringComparison.OrdinalIgnoreCase) && values.Length == 0)
        {
            filter.Operator = Operator.Is;
            filter.Values.Add("");
            return filter;
        }

        if (ReportWords.Operators.Parse(word, out _) is not { } found)
        {
            error = $"'{word}' is no operator: take one of {Operators}.";
            return null;
        }

        filter.Operator = found;
        if (found == Operator.Any != (values.Length == 0))
        {
            error = found == Operator.Any
                ? $"'any' takes no values, and here is '{values}'."
                : $"'{word}' takes values: write {Grammar}, e.g. 'country {word} CH,DE'.";
            return null;
        }

        // A comma is part of a regular expression, so a filter has only one.
        if (found is Operator.Matches or Operator.MatchesNot)
            filter.Values.Add(values);
        else if (found != Operator.Any)
            filter.Values.Add(Split(values));
        return filter;
    }

    /// <summary>Splits at commas; "\," is a comma within a value.</summary>
    private static IEnumerable<string> Split(string values) => values
        .Replace("\\,", "\0", StringComparison.Ordinal)
        .Split(',', StringSplitOptions.TrimEntries)
        .Select(value => value.Replace('\0', ','));
}
