using System.Text;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>What a request for journeys must be like, and what its zeros stand for.</summary>
internal static class JourneyRules
{
    /// <summary>Most steps of a path.</summary>
    public const int MaxLength = 10;

    private const int MinLength = 2;
    private const int DefaultLength = 5;
    private const int DefaultMinLength = 2;
    private const int DefaultLimit = 10;
    private const int MaxPaths = 1000;
    private const int MaxPagesOfStep = 50;
    private const int MaxRules = 50;
    private const int MaxPatternBytes = 256;

    /// <summary>The length asked for.</summary>
    public static int Length(int length, Violations violations)
    {
        if (length is not 0 and (< MinLength or > MaxLength))
            violations.Add("length", $"must be {MinLength}-{MaxLength}, or 0 for {DefaultLength}");
        return length == 0 ? DefaultLength : length;
    }

    /// <summary>The least length asked for.</summary>
    public static int LeastLength(int minLength, int length, Violations violations)
    {
        if (minLength < 0 || minLength > length)
            violations.Add("min_length", $"must be 1-{length}, or 0 for {DefaultMinLength}; `length` is {length}");
        return minLength == 0 ? DefaultMinLength : minLength;
    }

    /// <summary>How many paths.</summary>
    public static int PathLimit(int limit, Violations violations) => Limit(limit, MaxPaths, violations);

    /// <summary>How many pages at each step.</summary>
    public static int PageLimit(int limit, Violations violations) => Limit(limit, MaxPagesOfStep, violations);

    /// <summary>The shape; one that changes nothing where there is none.</summary>
    public static PathShape Shape(PathShape? shape, Violations violations)
    {
        if (shape is null)
            return new PathShape();
        if (shape.Rules.Count > MaxRules)
            violations.Add("shape.rules", $"must be at most {MaxRules}, not {shape.Rules.Count}");
        for (var index = 0; index < Math.Min(shape.Rules.Count, MaxRules); index++)
        {
            var (rule, field) = (shape.Rules[index], $"shape.rules[{index}]");
            if (rule.Pattern.Length == 0)
                violations.Add($"{field}.pattern", "is missing: give a path, with `*` within a segment, `**` across");
            Length(rule.Pattern, $"{field}.pattern", violations);
            Length(rule.Replacement, $"{field}.replacement", violations);
        }

        Length(shape.StartsAt, "shape.starts_at", violations);
        Length(shape.EndsAt, "shape.ends_at", violations);
        Length(shape.Passes, "shape.passes", violations);
        if (shape.Funnel is { } funnel)
            Funnel(funnel, violations);
        return shape;
    }

    private static void Funnel(FunnelPoint funnel, Violations violations)
    {
        if (funnel.Funnel.Length == 0)
            violations.Add("shape.funnel.funnel", "is missing: give the name of a funnel of the site");
        if (funnel.Stage < 1)
            violations.Add("shape.funnel.stage", "must be the number of a stage, from 1");
        if (!Enum.IsDefined(funnel.Side))
            violations.Add("shape.funnel.side", "must be BEFORE or AFTER");
    }

    private static int Limit(int limit, int most, Violations violations)
    {
        if (limit < 0 || limit > most)
            violations.Add("limit", $"must be 1-{most}, or 0 for {DefaultLimit}");
        return limit == 0 ? DefaultLimit : limit;
    }

    private static void Length(string text, string field, Violations violations)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxPatternBytes)
            violations.Add(field, $"must be at most {MaxPatternBytes} bytes");
    }
}
