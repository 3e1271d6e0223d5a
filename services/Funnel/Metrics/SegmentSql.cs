using SessionPlatform.Contracts.Metrics.V1;
using static SessionPlatform.Contracts.Metrics.V1.Filter.Types;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>Which sessions a report is about, as a condition over a row <c>f</c> of <c>session_facts</c>.</summary>
internal static class SegmentSql
{
    /// <summary>Sessions of the site that started in the span and are of the segment.</summary>
    /// <param name="segment">Valid; null: all sessions but those of bots.</param>
    public static string Condition(SqlParameters parameters, string siteId, ReportSpan span, Segment? segment) =>
        $"""
        f.site_id = {parameters.Add(siteId)} AND f.started_at >= {parameters.Add(span.From)}
            AND f.started_at < {parameters.Add(span.To)}{Condition(parameters, segment)}
        """;

    /// <summary>The segment alone, to go behind another condition.</summary>
    public static string Condition(SqlParameters parameters, Segment? segment)
    {
        var conditions = (segment?.Filters ?? []).Select(filter => Condition(parameters, filter));
        if (segment is not { IncludeBots: true })
            conditions = conditions.Prepend("NOT f.is_bot");
        return string.Concat(conditions.Select(condition => $"\n    AND {condition}"));
    }

    /// <summary>Filters alone; all hold of no filters.</summary>
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

    /// <summary>Whether a value matches, whatever the filter's operator makes of that.</summary>
    public static string Matches(SqlParameters parameters, Filter filter, string value)
    {
        if (filter.Operator == Operator.Any)
            return $"{value} <> ''";
        var values = filter.Values.ToArray();
        switch (filter.Operator)
        {
            case Operator.Contains or Operator.ContainsNot:
                // Compared as bytes once both sides are in lower case; the patterns are made once a statement.
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
