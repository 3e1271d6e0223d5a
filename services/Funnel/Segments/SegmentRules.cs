using System.Text;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.ServiceDefaults.Grpc;
using static SessionPlatform.Contracts.Metrics.V1.Filter.Types;

namespace SessionPlatform.Funnel.Segments;

/// <summary>Validates segments, except for regular expressions: the database compiles those.</summary>
internal static class SegmentRules
{
    private const int MaxFilters = 20;
    private const int MaxValues = 100;
    private const int MaxValueBytes = 1024;

    /// <param name="takesSessions">Whether the report accepts SESSION as the unit.</param>
    public static void Check(Segment? segment, Violations violations, bool takesSessions = false)
    {
        if (segment is null)
            return;
        CheckFilters(segment.Filters, "segment.filters", violations);
        if (!Enum.IsDefined(segment.Unit) || (segment.Unit == Unit.Session && !takesSessions))
            violations.Add("segment.unit", takesSessions ? "must be one of the units" : "must be VISITOR or USER");
    }

    /// <param name="field">The path of the filters in the request.</param>
    public static void CheckFilters(IReadOnlyList<Filter> filters, string field, Violations violations)
    {
        if (filters.Count > MaxFilters)
            violations.Add(field, $"must have at most {MaxFilters} entries");
        for (var index = 0; index < filters.Count; index++)
            Check(filters[index], $"{field}[{index}]", violations);
    }

    /// <summary>Returns the regular expressions of a segment, with their fields.</summary>
    public static IEnumerable<(string Field, string Expression)> Expressions(Segment? segment) =>
        Expressions(segment?.Filters ?? [], "segment.filters");

    /// <summary>
    /// Returns the regular expressions of filters, with their fields. Those that exceed a limit are rejected anyway and
    /// left out.
    /// </summary>
    public static IEnumerable<(string Field, string Expression)> Expressions(
        IReadOnlyList<Filter> filters, string field)
    {
        for (var index = 0; index < Math.Min(filters.Count, MaxFilters); index++)
        {
            var filter = filters[index];
            if (filter.Operator is not (Operator.Matches or Operator.MatchesNot))
                continue;
            for (var value = 0; value < Math.Min(filter.Values.Count, MaxValues); value++)
            {
                if (IsText(filter.Values[value]))
                    yield return ($"{field}[{index}].values[{value}]", filter.Values[value]);
            }
        }
    }

    private static void Check(Filter filter, string field, Violations violations)
    {
        if (SessionDimension.Find(filter.Dimension) is null)
            violations.Add($"{field}.dimension", "must be one of the dimensions, e.g. PATH or CHANNEL");
        if (!Enum.IsDefined(filter.Operator))
            violations.Add($"{field}.operator", "must be one of the operators, e.g. IS or CONTAINS");
        if (filter.Operator == Operator.Any)
        {
            if (filter.Values.Count > 0)
                violations.Add($"{field}.values", "must be empty: ANY takes no values");
            return;
        }

        if (filter.Values.Count is 0 or > MaxValues)
            violations.Add($"{field}.values", $"must have 1-{MaxValues} entries");
        for (var index = 0; index < filter.Values.Count; index++)
            Check(filter.Operator, filter.Values[index], $"{field}.values[{index}]", violations);
    }

    private static void Check(Operator @operator, string value, string field, Violations violations)
    {
        if (!IsText(value))
            violations.Add(field, $"must be at most {MaxValueBytes} bytes without NUL");
        // An absent value equals the empty text.
        var isExact = @operator is Operator.Unspecified or Operator.Is or Operator.IsNot;
        if (value.Length == 0 && !isExact)
            violations.Add(field, "must not be empty");
        if (@operator is Operator.Matches or Operator.MatchesNot && HasBackReference(value))
            violations.Add(field, @"must be a regular expression without back references like \1");
    }

    /// <summary>Back references alone make the time of matching unbounded.</summary>
    private static bool HasBackReference(string expression)
    {
        for (var index = 0; index < expression.Length - 1; index++)
        {
            if (expression[index] != '\\')
                continue;
            index++;
            if (expression[index] is >= '1' and <= '9')
                return true;
        }

        return false;
    }

    private static bool IsText(string value) =>
        Encoding.UTF8.GetByteCount(value) <= MaxValueBytes && !value.Contains('\0', StringComparison.Ordinal);
}
