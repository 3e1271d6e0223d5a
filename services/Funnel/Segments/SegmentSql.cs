using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Periods;
using static SessionPlatform.Contracts.Metrics.V1.Filter.Types;

namespace SessionPlatform.Funnel.Segments;

/// <summary>Translates segments to SQL conditions over a row <c>f</c> of <c>session_facts</c>.</summary>
internal static class SegmentSql
{
    /// <summary>Selects the sessions of a segment that started in the span.</summary>
    /// <param name="segment">A valid segment; null selects all sessions except those of bots.</param>
    public static string Condition(SqlParameters parameters, string siteId, ReportSpan span, Segment? segment) =>
        $"""
        f.site_id = {parameters.Add(siteId)} AND f.started_at >= {parameters.Add(span.From)}
            AND f.started_at < {parameters.Add(span.To)}{Condition(parameters, segment)}
        """;

    /// <summary>Returns the condition of the segment alone, to be appended to another condition.</summary>
    public static string Condition(SqlParameters parameters, Segment? segment)
    {
        var conditions = (segment?.Filters ?? []).Select(filter => Condition(parameters, filter));
        if (segment is not { IncludeBots: true })
            conditions = conditions.Prepend("NOT f.is_bot");
        return string.Concat(conditions.Select(condition => $"\n    AND {condition}"));
    }

    /// <summary>Returns the conjunction of filters; <c>true</c> when there are none.</summary>
    public static string Conditions(SqlParameters parameters, IReadOnlyList<Filter> filters) => filters.Count == 0
        ? "true"
        : string.Join(" AND ", filters.Select(filter => Condition(parameters, filter)));

    private static string Condition(SqlParameters parameters, Filter filter)
    {
        var dimension = SessionDimension.Find(filter.Dimension)
            ?? throw new ArgumentException("A filter without a dimension.", nameof(filter));
        var not = filter.Operator is Operator.IsNot or Operator.ContainsNot or Operator.MatchesNot ? "NOT " : "";
        var matches = Matches(parameters, filter, dimension.Value);
        if (dimension.Parts is null)
            return $"{not}({matches})";
        var isPart = dimension.IsPart is null ? "" : $"{dimension.IsPart} AND ";
        return $"{not}EXISTS (SELECT FROM {dimension.Parts} WHERE {isPart}{matches})";
    }

    /// <summary>Whether a value matches, before a negated operator inverts the result.</summary>
    public static string Matches(SqlParameters parameters, Filter filter, string value)
    {
        if (filter.Operator == Operator.Any)
            return $"{value} <> ''";
        var values = filter.Values.ToArray();
        switch (filter.Operator)
        {
            case Operator.Contains or Operator.ContainsNot:
                // Both sides are lowered and then compared as bytes; the patterns are computed once per statement.
                var texts = parameters.Add(Array.ConvertAll(values, Escaped));
                return $"""
                    lower({value} COLLATE "und-x-icu") COLLATE "C" LIKE ANY (
                        ARRAY(SELECT '%' || lower(t COLLATE "und-x-icu") || '%' FROM unnest({texts}::text[]) AS t))
                    """;
            case Operator.Matches or Operator.MatchesNot:
                return $"({value}) COLLATE \"C\" ~ ANY ({parameters.Add(values)}::text[])";
            default:
                return $"{value} = ANY ({parameters.Add(values)}::text[])";
        }
    }

    private static string Escaped(string text) => text
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", StringComparison.Ordinal)
        .Replace("_", @"\_", StringComparison.Ordinal);
}
