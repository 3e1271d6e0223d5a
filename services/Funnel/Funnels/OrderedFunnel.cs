using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Rules;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>
/// A custom funnel: each step is matched by an event after the one that matched the step before, with other events
/// allowed in between. Greedily taking the earliest match is optimal, as it leaves the most events for the next step.
/// </summary>
internal sealed class OrderedFunnel(FunnelDefinition definition) : IFunnel
{
    /// <summary>
    /// Whether the definition needs no more than this class; only such funnels have materialized counts.
    /// </summary>
    public static bool Covers(FunnelDefinition definition) =>
        definition is
        {
            Order: not (FunnelDefinition.Types.Order.Strict or FunnelDefinition.Types.Order.Unordered),
            Unit: Contracts.Metrics.V1.Unit.Unspecified or Contracts.Metrics.V1.Unit.Session,
            Window: null,
            Exclusions.Count: 0,
        }
        && definition.Steps.All(step =>
            step is { AnyOf.Count: 0, Optional: false, Window: null, FirstTimeOnly: false });

    private readonly Step[] steps = [.. definition.Steps.Select(step => new Step(step))];

    public int StagesReached(SessionDocument document)
    {
        var reached = 0;
        foreach (var happened in document.Timeline)
        {
            if (reached == steps.Length)
                break;
            if (steps[reached].Matches(happened))
                reached++;
        }

        return reached;
    }

    public int? ReachedAt(SessionDocument document, int stage)
    {
        var reached = 0;
        for (var index = 0; index < document.Timeline.Count; index++)
        {
            if (steps[reached].Matches(document.Timeline[index]) && ++reached == stage)
                return index;
        }

        return null;
    }

    private sealed class Step(FunnelStep step)
    {
        private readonly Glob? path = step.Path.Length > 0 ? new Glob(step.Path) : null;

        /// <summary>Whether every given predicate holds. An event without a path matches no path pattern.</summary>
        public bool Matches(TimelineEvent happened) =>
            (step.Kind.Length == 0 || happened.Kind == step.Kind)
            && (step.EventName.Length == 0 || happened.Name == step.EventName)
            && (step.Category.Length == 0
                || string.Equals(happened.Category, step.Category, StringComparison.OrdinalIgnoreCase))
            && (path is null || (happened.Path.Length > 0 && path.Matches(happened.Path)));
    }
}
