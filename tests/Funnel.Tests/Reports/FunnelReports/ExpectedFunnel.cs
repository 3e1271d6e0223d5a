using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Tests.Reports.FunnelReports;

/// <summary>A funnel, and the patterns of its steps and exclusions by hand.</summary>
internal sealed record HandFunnel(
    FunnelDefinition Definition, List<List<NamedPattern>> Steps, List<NamedPattern> Exclusions);

/// <summary>An event of an actor.</summary>
internal sealed record HandEvent(TimelineEvent Event, Session Session)
{
    public DateTime At => Event.At.ToDateTime();
}

/// <summary>An actor, and how far it got; <paramref name="Taken"/> by step, null where it was not taken.</summary>
internal sealed record HandActor(string Id, List<HandEvent> Events, HandEvent?[] Taken)
{
    public int Last => Array.FindLastIndex(Taken, taken => taken is not null);
}

/// <summary>What a report must say, straight from the sessions.</summary>
internal sealed class ExpectedFunnel(List<SessionDocument> all, HandFunnel funnel, Unit unit)
{
    private readonly Dictionary<string, string> userOf = all.Select(document => document.Session)
        .Where(session => session.UserId.Length > 0).GroupBy(session => session.VisitorId)
        .ToDictionary(sessions => sessions.Key, sessions => sessions
            .OrderBy(session => session.StartedAt.ToDateTime())
            .ThenBy(session => session.SessionId, StringComparer.Ordinal).Last().UserId);

    private ILookup<string, SessionDocument> ByPerson =>
        field ??= all.ToLookup(document => PersonOf(document.Session));

    private FunnelDefinition Definition => funnel.Definition;

    public List<HandActor> Actors(Func<Session, bool> isSelected)
    {
        var actors =
            from document in all
            let person = PersonOf(document.Session)
            group document by unit == Unit.Session ? document.Session.SessionId : person into sessions
            let selected = sessions.Where(document => isSelected(document.Session))
            let events = EventsOf(selected)
            let attempt = BestOf(events)
            where attempt is not null
            select new HandActor(sessions.Key, events, attempt);
        return [.. actors];
    }

    /// <summary>The visitor, or the user of its latest session that has one.</summary>
    private string PersonOf(Session session) =>
        unit == Unit.User ? userOf.GetValueOrDefault(session.VisitorId, session.VisitorId) : session.VisitorId;

    private static List<HandEvent> EventsOf(IEnumerable<SessionDocument> sessions) =>
    [
        .. sessions.OrderBy(document => document.Session.StartedAt.ToDateTime())
            .ThenBy(document => document.Session.SessionId, StringComparer.Ordinal)
            .SelectMany(document => document.Timeline.Select(happened => new HandEvent(happened, document.Session)))
            .OrderBy(happened => happened.At),
    ];

    private HandEvent?[]? BestOf(List<HandEvent> events)
    {
        var marked = events.Select(happened => new MarkedEvent(
            happened.At.Ticks, 0, 0,
            new Marks(
                Bits(funnel.Steps, (patterns, step) =>
                    patterns.Exists(pattern => pattern.Holds(happened.Event, happened.Session))
                    && IsFirst(step, patterns, happened)),
                Bits(funnel.Exclusions, (pattern, _) => pattern.Holds(happened.Event, happened.Session))),
            0, null)).ToList();
        // Strict funnels look at what is no step, too; for the others it only costs time.
        var kept = marked.Index()
            .Where(each => Shape().Order == FunnelShape.Kind.Strict || each.Item.Marks != default).ToList();
        var best = new AllAttempts(Shape(), [.. kept.Select(each => each.Item)]).Best();
        if (best is null)
            return null;
        var taken = new HandEvent?[funnel.Steps.Count];
        foreach (var (number, (step, index)) in best.Index())
            taken[Shape().Order == FunnelShape.Kind.Unordered ? number : step] = events[kept[index].Index];
        return taken;
    }

    private bool IsFirst(int step, List<NamedPattern> patterns, HandEvent happened)
    {
        if (!Definition.Steps[step].FirstTimeOnly)
            return true;
        var first = EventsOf(ByPerson[PersonOf(happened.Session)])
            .First(other => patterns.Exists(pattern => pattern.Holds(other.Event, other.Session)));
        return ReferenceEquals(first.Event, happened.Event);
    }

    private FunnelShape Shape() => new(
        Definition.Order switch
        {
            FunnelDefinition.Types.Order.Strict => FunnelShape.Kind.Strict,
            FunnelDefinition.Types.Order.Unordered => FunnelShape.Kind.Unordered,
            _ => FunnelShape.Kind.Ordered,
        },
        Ticks(Definition.Window) ?? (unit == Unit.Session ? long.MaxValue : TimeSpan.TicksPerDay * 14),
        [
            .. Definition.Steps.Select(step => new FunnelShape.Step(
                step.Name, step.Optional, Ticks(step.Window) ?? long.MaxValue, step.FirstTimeOnly)),
        ],
        [.. Definition.Exclusions.Select(each => (each.AfterStep - 1, each.BeforeStep - 1))]);

    private static long? Ticks(Duration? window) => window?.ToTimeSpan().Ticks;

    private static uint Bits<T>(List<T> parts, Func<T, int, bool> holds) =>
        parts.Index().Aggregate(0u, (bits, each) => bits | (holds(each.Item, each.Index) ? 1u << each.Index : 0));
}
