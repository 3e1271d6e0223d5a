using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Matching;

namespace SessionPlatform.Funnel.FunnelReports.Attempts;

/// <summary>A funnel, compiled.</summary>
/// <param name="Unit">Whose steps; never unspecified.</param>
/// <param name="Conditions">On sessions, which <paramref name="Mark"/> is told.</param>
/// <param name="Mark">What an event is, given which conditions hold of its session.</param>
internal sealed record FunnelPlan(
    FunnelShape Shape,
    Unit Unit,
    IReadOnlyList<IReadOnlyList<Filter>> Conditions,
    Func<TimelineEvent, bool[], Marks> Mark)
{
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(14);

    /// <summary>Bit n: step n is taken by the very first of its events only.</summary>
    public uint FirstTimeOnly { get; } = FirstTimeSteps(Shape);

    /// <summary>A funnel of the site's own, or one for a single call.</summary>
    /// <param name="definition">Valid.</param>
    /// <param name="unit">Instead of the definition's, where specified.</param>
    public static FunnelPlan Of(FunnelDefinition definition, Unit unit = Unit.Unspecified)
    {
        var chosen = UnitOf(definition, unit);
        var conditions = new List<IReadOnlyList<Filter>>();
        Pattern[][] steps =
        [
            .. definition.Steps.Select(
                step => PatternsOf(step).Select(each => new Pattern(each, conditions)).ToArray()),
        ];
        Pattern[] exclusions = [.. definition.Exclusions.Select(each => new Pattern(each.Event, conditions))];
        var shape = new FunnelShape(
            OrderOf(definition.Order),
            WindowOf(definition, chosen),
            [.. definition.Steps.Select(Of)],
            [.. definition.Exclusions.Select(each => (each.AfterStep - 1, each.BeforeStep - 1))]);
        return new FunnelPlan(shape, chosen, conditions, (happened, holding) => new Marks(
            Bits(steps, patterns => Array.Exists(patterns, pattern => pattern.Matches(happened, holding))),
            Bits(exclusions, pattern => pattern.Matches(happened, holding))));
    }

    /// <summary>The built-in funnel.</summary>
    public static FunnelPlan Of(EcommerceFunnel funnel, Unit unit)
    {
        var definition = EcommerceFunnel.Definition;
        var chosen = UnitOf(definition, unit);
        var shape = new FunnelShape(
            FunnelShape.Kind.Furthest, WindowOf(definition, chosen), [.. definition.Steps.Select(Of)], []);
        return new FunnelPlan(
            shape, chosen, [], (happened, _) => new Marks((1u << (int)funnel.StageOf(happened)) - 1, 0));
    }

    private static Unit UnitOf(FunnelDefinition definition, Unit unit)
    {
        if (unit == Unit.Unspecified)
            unit = definition.Unit;
        return unit == Unit.Unspecified ? Unit.Session : unit;
    }

    private static FunnelShape.Kind OrderOf(FunnelDefinition.Types.Order order) => order switch
    {
        FunnelDefinition.Types.Order.Strict => FunnelShape.Kind.Strict,
        FunnelDefinition.Types.Order.Unordered => FunnelShape.Kind.Unordered,
        _ => FunnelShape.Kind.Ordered,
    };

    private static long WindowOf(FunnelDefinition definition, Unit unit)
    {
        if (definition.Window is not null)
            return Ticks(definition.Window);
        return unit == Unit.Session ? FunnelShape.NoLimit : DefaultWindow.Ticks;
    }

    private static FunnelShape.Step Of(FunnelStep step) =>
        new(step.Name, step.Optional, Ticks(step.Window), step.FirstTimeOnly);

    private static long Ticks(Duration? window) =>
        window is null ? FunnelShape.NoLimit : window.ToTimeSpan().Ticks;

    private static IEnumerable<EventMatch> PatternsOf(FunnelStep step)
    {
        var own = new EventMatch
        {
            Kind = step.Kind, EventName = step.EventName, Path = step.Path, Category = step.Category,
        };
        return own.Equals(new EventMatch()) ? step.AnyOf : step.AnyOf.Prepend(own);
    }

    private static uint Bits<T>(T[] parts, Predicate<T> matches)
    {
        var bits = 0u;
        for (var index = 0; index < parts.Length; index++)
        {
            if (matches(parts[index]))
                bits |= 1u << index;
        }

        return bits;
    }

    private static uint FirstTimeSteps(FunnelShape shape)
    {
        var bits = 0u;
        for (var step = 0; step < shape.Count; step++)
        {
            if (shape.Steps[step].IsFirstTimeOnly)
                bits |= 1u << step;
        }

        return bits;
    }

    /// <summary>A pattern, and which of the conditions on sessions belongs to it.</summary>
    private sealed class Pattern
    {
        private readonly EventPattern pattern;
        private readonly int? condition;

        public Pattern(EventMatch match, List<IReadOnlyList<Filter>> conditions)
        {
            pattern = new EventPattern(match);
            if (match.Session.Count == 0)
                return;
            condition = conditions.Count;
            conditions.Add(match.Session);
        }

        public bool Matches(TimelineEvent happened, bool[] holding) =>
            (condition is not { } index || holding[index]) && pattern.Matches(happened);
    }
}
