using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>
/// A custom funnel that needs more than <see cref="OrderedFunnel"/>, applied to a single session. Its counts are not
/// materialized, because they may depend on other sessions or on facts that only the database has.
/// </summary>
internal sealed class SessionFunnel(FunnelDefinition definition) : IFunnel
{
    private readonly Lazy<FunnelPlan> plan = new(() => FunnelPlan.Of(definition));

    /// <summary>Whether the events of a session alone decide which stages it reached.</summary>
    public bool IsWithinSession =>
        plan.Value is { Unit: Unit.Session, FirstTimeOnly: 0, Conditions.Count: 0 };

    public int StagesReached(SessionDocument document) => Find(document) is { } attempt ? attempt.Last + 1 : 0;

    public int? ReachedAt(SessionDocument document, int stage) =>
        Find(document) is { } attempt && attempt.Taken[stage - 1] is var taken and >= 0 ? taken : null;

    private Attempt? Find(SessionDocument document)
    {
        var startedAt = document.Session.StartedAt.ToDateTime().Ticks;
        var events = document.Timeline.Select((happened, number) => new MarkedEvent(
            happened.At?.ToDateTime().Ticks ?? startedAt,
            Session: 0,
            number,
            plan.Value.Mark(happened, []),
            NotFirst: 0,
            Page: null));
        return plan.Value.Shape.CreateMatcher().Find(events.ToArray());
    }
}
