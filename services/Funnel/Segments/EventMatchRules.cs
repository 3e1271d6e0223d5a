using System.Text;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.ServiceDefaults.Grpc;
using static SessionPlatform.Contracts.Funnels.V1.EventMatch.Types;

namespace SessionPlatform.Funnel.Segments;

/// <summary>Validates patterns of events.</summary>
internal static class EventMatchRules
{
    private const int MaxNameBytes = 128;
    private const int MaxPathBytes = 256;
    private const int MaxExactPathBytes = 4096;
    private const int MaxExpressionBytes = 1024;
    private const int MaxCategoryBytes = 64;
    private const int MaxKeyBytes = 64;
    private const int MaxValueBytes = 1024;
    private const int MaxConditions = 20;
    private const int MaxValues = 100;

    private static readonly string[] Kinds =
    [
        "pageview", "click", "search", "form_submit", "scroll", "custom", "conversion", "purchase", "session_start",
        "session_end", "identify", "page_leave",
    ];

    /// <summary>
    /// Reports what is wrong with a pattern, except for regular expressions in session conditions: the database
    /// compiles those.
    /// </summary>
    /// <param name="field">The path of the pattern in the request.</param>
    public static void Check(EventMatch match, string field, Violations violations)
    {
        if (match.Equals(new EventMatch()))
            violations.Add(field, "matches nothing yet: give at least one field, e.g. kind");
        if (match.Kind.Length > 0 && !Kinds.Contains(match.Kind))
            violations.Add($"{field}.kind", $"must be one of {string.Join(", ", Kinds)}");
        CheckText(match.EventName, MaxNameBytes, $"{field}.event_name", violations);
        CheckText(match.Path, MaxPathBytes, $"{field}.path", violations);
        CheckText(match.ExactPath, MaxExactPathBytes, $"{field}.exact_path", violations);
        CheckText(match.Category, MaxCategoryBytes, $"{field}.category", violations);
        if (match.PathRegex.Length > 0)
            CheckExpression(match.PathRegex, $"{field}.path_regex", violations);
        if (match.Properties.Count > MaxConditions)
            violations.Add($"{field}.properties", $"must have at most {MaxConditions} entries");
        for (var index = 0; index < Math.Min(match.Properties.Count, MaxConditions); index++)
            CheckProperty(match.Properties[index], $"{field}.properties[{index}]", violations);
        SegmentRules.CheckFilters(match.Session, $"{field}.session", violations);
    }

    private static void CheckProperty(Property property, string field, Violations violations)
    {
        if (property.Key.Length == 0)
            violations.Add($"{field}.key", "is missing");
        CheckText(property.Key, MaxKeyBytes, $"{field}.key", violations);
        if (!System.Enum.IsDefined(property.Operator))
            violations.Add($"{field}.operator", "must be one of the operators, e.g. IS or CONTAINS");
        switch (property.Operator)
        {
            case Operator.Exists or Operator.ExistsNot:
                if (property.Values.Count > 0)
                    violations.Add($"{field}.values", "must be empty: EXISTS and EXISTS_NOT take no values");
                return;
            case Operator.Greater or Operator.Less:
                if (property.Values is not [{ KindCase: Value.KindOneofCase.NumberValue }])
                    violations.Add($"{field}.values", "must be one number");
                return;
        }

        if (property.Values.Count is 0 or > MaxValues)
            violations.Add($"{field}.values", $"must have 1-{MaxValues} entries");
        for (var index = 0; index < Math.Min(property.Values.Count, MaxValues); index++)
            CheckValue(property.Operator, property.Values[index], $"{field}.values[{index}]", violations);
    }

    private static void CheckValue(Operator @operator, Value value, string field, Violations violations)
    {
        var isText = value.KindCase == Value.KindOneofCase.StringValue;
        if (isText)
            CheckText(value.StringValue, MaxValueBytes, field, violations);
        if (@operator is Operator.Contains or Operator.Matches)
        {
            if (!isText || value.StringValue.Length == 0)
                violations.Add(field, "must be a text that is not empty");
            else if (@operator == Operator.Matches)
                CheckExpression(value.StringValue, field, violations);
        }
        else if (!isText && value.KindCase is not (Value.KindOneofCase.NumberValue or Value.KindOneofCase.BoolValue))
        {
            violations.Add(field, "must be a text, a number, true or false");
        }
    }

    private static void CheckExpression(string expression, string field, Violations violations)
    {
        // An expression that is too long is not compiled.
        if (Encoding.UTF8.GetByteCount(expression) > MaxExpressionBytes)
            violations.Add(field, $"must be at most {MaxExpressionBytes} bytes");
        else if (!Expressions.Compiles(expression))
            violations.Add(field, "must be a regular expression of .NET without look-around and back references");
    }

    private static void CheckText(string text, int maxBytes, string field, Violations violations)
    {
        if (Encoding.UTF8.GetByteCount(text) > maxBytes)
            violations.Add(field, $"must be at most {maxBytes} bytes");
        if (text.Contains('\0', StringComparison.Ordinal))
            violations.Add(field, "must not contain NUL characters");
    }
}
