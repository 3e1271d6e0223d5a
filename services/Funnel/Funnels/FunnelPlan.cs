using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Funnels.Attempts;
using SessionPlatform.Funnel.Segments;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>A compiled funnel definition for reports.</summary>
/// <param name="Unit">Whether sessions, visitors or users take the steps; never unspecified.</param>
/// <param name="Conditions">The conditions on sessions that patterns refer to.</param>
/// <param name="Patterns">The patterns of events that are steps or exclusions.</param>
/// <param name="BuiltIn">The built-in funnel, which decides instead of patterns; null for other funnels.</param>
internal sealed record FunnelPlan(
    FunnelShape Shape,
    Unit Unit,
    IReadOnlyList<IReadOnlyList<Filter>> Conditions,
    IReadOnlyList<MarkingPattern> Patterns,
    EcommerceFunnel? BuiltIn)
{
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(14);

    /// <summary>Bit n is set when only the first matching event of a person can take step n.</summary>
    public uint FirstTimeOnly { get; } = FirstTimeSteps(Shape);

    /// <summary>Compiles a custom funnel.</summary>
    /// <param name="definition">A valid definition.</param>
    /// <param name="unit">Overrides the unit of the definition, if specified.</param>
    public static FunnelPlan Of(FunnelDefinition definition, Unit unit = Unit.Unspecified)
    {
        var chosen = UnitOf(definition, unit);
        var conditions = new List<IReadOnlyList<Filter>>();
        List<MarkingPattern> patterns =
        [
            .. definition.Steps.SelectMany((step, index) =>
                PatternsOf(step).Select(each => Of(each, new Marks(1u << index, 0), conditions))),
            .. definition.Exclusions.Select((each, index) => Of(each.Event, new Marks(0, 1u << index), conditions)),
        ];
        var shape = new FunnelShape(
            OrderOf(definition.Order),
            WindowOf(definition, chosen),
            [.. definition.Steps.Select(Of)],
            [.. definition.Exclusions.Select(each => (each.AfterStep - 1, each.BeforeStep - 1))]);
        return new FunnelPlan(shape, chosen, conditions, patterns, BuiltIn: null);
    }

    /// <summary>Compiles the built-in funnel.</summary>
    public static FunnelPlan Of(EcommerceFunnel funnel, Unit unit)
    {
        var definition = EcommerceFunnel.Definition;
        var chosen = UnitOf(definition, unit);
        var shape = new FunnelShape(
            FunnelShape.Kind.Furthest, WindowOf(definition, chosen), [.. definition.Steps.Select(Of)], []);
        return new FunnelPlan(shape, chosen, [], [], funnel);
    }

    /// <summary>Returns which steps and exclusions an event matches.</summary>
    /// <param name="holding">For each condition, whether it holds for the session of the event.</param>
    public Marks Mark(TimelineEvent happened, bool[] holding)
    {
        if (BuiltIn is not null)
            return Marks.UpTo((int)BuiltIn.StageOf(happened));
        var marks = default(Marks);
        foreach (var pattern in Patterns)
        {
            if ((pattern.Condition is not { } index || holding[index]) && pattern.Events.Matches(happened))
                marks |= pattern.Marks;
        }

        return marks;
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

    private static MarkingPattern Of(EventMatch match, Marks marks, List<IReadOnlyList<Filter>> conditions)
    {
        int? condition = null;
        if (match.Session.Count > 0)
        {
            condition = conditions.Count;
            conditions.Add(match.Session);
        }

        return new MarkingPattern(new EventPattern(match), condition, marks);
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
}

/// <summary>A pattern of events that are a step or an exclusion.</summary>
/// <param name="Condition">The index of the condition that the session must meet; null when there is none.</param>
/// <param name="Marks">The steps and exclusions of matching events.</param>
internal sealed record MarkingPattern(EventPattern Events, int? Condition, Marks Marks);
