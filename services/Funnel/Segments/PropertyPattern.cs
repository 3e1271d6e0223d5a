using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using static SessionPlatform.Contracts.Funnels.V1.EventMatch.Types;

namespace SessionPlatform.Funnel.Segments;

/// <summary>
/// A compiled condition on a property. Values of different types are never equal; operators on texts also apply to the
/// text form of numbers and Booleans.
/// </summary>
internal sealed class PropertyPattern(Property property)
{
    private readonly Regex[] expressions = property.Operator == Operator.Matches
        ? [.. property.Values.Select(value => Expressions.Compile(value.StringValue))]
        : [];

    public bool Matches(MapField<string, Value> properties)
    {
        if (!properties.TryGetValue(property.Key, out var found))
            return property.Operator == Operator.ExistsNot;
        return property.Operator switch
        {
            Operator.Exists => true,
            Operator.ExistsNot => false,
            Operator.IsNot => !property.Values.Contains(found),
            Operator.Contains => ContainsAny(TextOf(found)),
            Operator.Matches => TextOf(found) is { } text
                && Array.Exists(expressions, expression => expression.IsMatch(text)),
            Operator.Greater => IsNumber(found) && found.NumberValue > property.Values[0].NumberValue,
            Operator.Less => IsNumber(found) && found.NumberValue < property.Values[0].NumberValue,
            _ => property.Values.Contains(found),
        };
    }

    private bool ContainsAny(string? text) => text is not null && property.Values.Any(
        value => text.Contains(value.StringValue, StringComparison.OrdinalIgnoreCase));

    private static bool IsNumber(Value value) => value.KindCase == Value.KindOneofCase.NumberValue;

    private static string? TextOf(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString("R", CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        _ => null,
    };
}
