using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;
using static SessionPlatform.Contracts.Funnels.V1.FunnelDefinition.Types;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>
/// Validates order, unit, windows, alternative patterns and exclusions of funnel definitions; see
/// <see cref="DefinitionRules"/> for the rest.
/// </summary>
internal static class FunnelTerms
{
    private const int MaxExclusions = 10;
    private const int MaxPatterns = 20;
    private static readonly TimeSpan MinWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxWindow = TimeSpan.FromDays(366);

    /// <summary>
    /// Reports all violations, except regular expressions in conditions on sessions: the database compiles those.
    /// </summary>
    public static void Check(FunnelDefinition? definition, Violations violations)
    {
        if (definition is null)
            return;
        if (!System.Enum.IsDefined(definition.Order))
            violations.Add("definition.order", "must be ORDERED, STRICT or UNORDERED");
        if (!System.Enum.IsDefined(definition.Unit))
            violations.Add("definition.unit", "must be SESSION, VISITOR or USER");
        CheckWindow(definition.Window, "definition.window", violations);
        var isUnordered = definition.Order == Order.Unordered;
        for (var index = 0; index < Math.Min(definition.Steps.Count, DefinitionRules.MaxSteps); index++)
            CheckStep(definition.Steps[index], index, isUnordered, violations);
        CheckExclusions(definition, isUnordered, violations);
    }

    /// <summary>
    /// Returns the conditions on sessions, with their fields. Patterns beyond the limits are left out.
    /// </summary>
    public static IEnumerable<(string Field, IReadOnlyList<Filter> Filters)> Sessions(FunnelDefinition? definition)
    {
        for (var step = 0; step < Math.Min(definition?.Steps.Count ?? 0, DefinitionRules.MaxSteps); step++)
        {
            var patterns = definition!.Steps[step].AnyOf;
            for (var index = 0; index < Math.Min(patterns.Count, MaxPatterns); index++)
                yield return ($"definition.steps[{step}].any_of[{index}].session", patterns[index].Session);
        }

        for (var index = 0; index < Math.Min(definition?.Exclusions.Count ?? 0, MaxExclusions); index++)
        {
            if (definition!.Exclusions[index].Event is { } match)
                yield return ($"definition.exclusions[{index}].event.session", match.Session);
        }
    }

    private static void CheckStep(FunnelStep step, int index, bool isUnordered, Violations violations)
    {
        var field = $"definition.steps[{index}]";
        if (step.Optional && index == 0)
            violations.Add($"{field}.optional", "must be false: every attempt begins with the first step");
        else if (step.Optional && isUnordered)
            violations.Add($"{field}.optional", "must be false: UNORDERED counts how many steps were taken");
        CheckWindow(step.Window, $"{field}.window", violations);
        if (step.Window is not null && (index == 0 || isUnordered))
        {
            violations.Add(
                $"{field}.window",
                index == 0
                    ? "must be absent: there is no step before the first one"
                    : "must be absent: steps of an UNORDERED funnel have no predecessor");
        }

        CheckPatterns(step.AnyOf, $"{field}.any_of", violations);
    }

    private static void CheckPatterns(RepeatedField<EventMatch> patterns, string field, Violations violations)
    {
        if (patterns.Count > MaxPatterns)
            violations.Add(field, $"must have at most {MaxPatterns} entries");
        for (var index = 0; index < Math.Min(patterns.Count, MaxPatterns); index++)
            EventMatchRules.Check(patterns[index], $"{field}[{index}]", violations);
    }

    private static void CheckExclusions(FunnelDefinition definition, bool isUnordered, Violations violations)
    {
        var (exclusions, steps) = (definition.Exclusions, definition.Steps.Count);
        if (exclusions.Count > MaxExclusions)
            violations.Add("definition.exclusions", $"must have at most {MaxExclusions} entries");
        for (var index = 0; index < Math.Min(exclusions.Count, MaxExclusions); index++)
        {
            var (exclusion, field) = (exclusions[index], $"definition.exclusions[{index}]");
            if (exclusion.Event is null)
                violations.Add($"{field}.event", "is missing");
            else
                EventMatchRules.Check(exclusion.Event, $"{field}.event", violations);
            if (exclusion.AfterStep < 1 || exclusion.AfterStep > steps)
                violations.Add($"{field}.after_step", $"must be the number of a step, from 1; there are {steps}");
            if (exclusion.BeforeStep <= exclusion.AfterStep || exclusion.BeforeStep > steps)
                violations.Add($"{field}.before_step", "must be the number of a step after `after_step`");
            else if (isUnordered && (exclusion.AfterStep != 1 || exclusion.BeforeStep != steps))
                violations.Add(field, $"must be between steps 1 and {steps}: UNORDERED allows no others");
        }
    }

    private static void CheckWindow(Duration? window, string field, Violations violations)
    {
        if (window is not null && !IsWindow(window))
            violations.Add(field, "must be 1 s - 366 days");
    }

    private static bool IsWindow(Duration window) =>
        window.Seconds is >= 0 and <= Duration.MaxSeconds && window.Nanos is >= 0 and < Duration.NanosecondsPerSecond
        && window.ToTimeSpan() is var span && span >= MinWindow && span <= MaxWindow;
}
