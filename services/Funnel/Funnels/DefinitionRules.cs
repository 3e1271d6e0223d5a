using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>Validates the name and the steps of funnel definitions.</summary>
internal static partial class DefinitionRules
{
    private const int MinSteps = 2;
    public const int MaxSteps = 20;
    private const int MaxStepNameBytes = 64;
    private const int MaxEventNameBytes = 128;
    private const int MaxPathBytes = 256;
    private const int MaxCategoryBytes = 64;

    private static readonly string[] Kinds =
    [
        "pageview", "click", "search", "form_submit", "scroll", "custom", "conversion", "purchase", "session_start",
        "session_end", "identify", "page_leave",
    ];

    /// <summary>Returns all violations by field, except those that <see cref="FunnelTerms"/> finds.</summary>
    public static IEnumerable<(string Field, string Description)> Violations(FunnelDefinition? definition)
    {
        if (definition is null)
            return [("definition", "is missing")];
        return NameViolations(definition.Name).Concat(StepsViolations(definition.Steps));
    }

    /// <summary>Returns all violations of a definition that is used for a single call and needs no name.</summary>
    public static IEnumerable<(string Field, string Description)> UnnamedViolations(FunnelDefinition definition) =>
        StepsViolations(definition.Steps);

    private static IEnumerable<(string, string)> NameViolations(string name)
    {
        if (!Name().IsMatch(name))
            yield return ("definition.name", "must be 1-64 characters of a-z, 0-9, \"-\" and \"_\"");
        else if (name == EcommerceFunnel.Name)
            yield return ("definition.name", "is the built-in funnel, which cannot be redefined; take another name");
    }

    private static IEnumerable<(string, string)> StepsViolations(RepeatedField<FunnelStep> steps)
    {
        if (steps.Count is < MinSteps or > MaxSteps)
            yield return ("definition.steps", $"must be {MinSteps}-{MaxSteps}, not {steps.Count}");

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < Math.Min(steps.Count, MaxSteps); index++)
        {
            var (step, field) = (steps[index], $"definition.steps[{index}]");
            if (step.Name.Length > 0 && !names.Add(step.Name))
                yield return ($"{field}.name", "is the name of an earlier step; names must be unique");
            foreach (var violation in StepViolations(step, field))
                yield return violation;
        }
    }

    private static IEnumerable<(string, string)> StepViolations(FunnelStep step, string field)
    {
        if (string.IsNullOrWhiteSpace(step.Name))
            yield return ($"{field}.name", $"is missing; give 1-{MaxStepNameBytes} bytes");
        if (step is { Kind.Length: 0, EventName.Length: 0, Path.Length: 0, Category.Length: 0, AnyOf.Count: 0 })
        {
            yield return (
                field, "matches nothing yet: give at least one of kind, event_name, path, category and any_of");
        }

        if (step.Kind.Length > 0 && !Kinds.Contains(step.Kind))
            yield return ($"{field}.kind", $"must be one of {string.Join(", ", Kinds)}");

        foreach (var (name, text, maxBytes) in new[]
        {
            ("name", step.Name, MaxStepNameBytes),
            ("event_name", step.EventName, MaxEventNameBytes),
            ("path", step.Path, MaxPathBytes),
            ("category", step.Category, MaxCategoryBytes),
        })
        {
            if (Encoding.UTF8.GetByteCount(text) > maxBytes)
                yield return ($"{field}.{name}", $"must be at most {maxBytes} bytes");
            if (text.Contains('\0', StringComparison.Ordinal))
                yield return ($"{field}.{name}", "must not contain NUL characters");
        }
    }

    [GeneratedRegex("^[a-z0-9_-]{1,64}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
