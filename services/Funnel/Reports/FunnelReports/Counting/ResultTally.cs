using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Counting;

/// <summary>Accumulates the result of GetFunnelResult: sessions, and distinct visitors of each step.</summary>
internal sealed class ResultTally(FunnelPlan plan) : IAttemptTally
{
    private readonly StepTally steps = new(plan.Shape);
    // By visitor: a bit mask of the steps that any of its sessions took.
    private readonly Dictionary<int, uint> visitors = [];

    public void Add(Attempt attempt, ReadOnlySpan<MarkedEvent> events, IActorSessions sessions)
    {
        steps.Add(attempt, events);
        if (plan.Unit != Unit.Session)
            return;
        var taken = 0u;
        for (var step = 0; step < attempt.Taken.Length; step++)
            taken |= attempt.Taken[step] >= 0 ? 1u << step : 0;
        Add(sessions.VisitorOf(events[attempt.First].Session), taken);
    }

    public IAttemptTally CreateEmpty() => new ResultTally(plan);

    public void Add(IAttemptTally other)
    {
        var added = (ResultTally)other;
        steps.Add(added.steps);
        foreach (var (visitor, taken) in added.visitors)
            Add(visitor, taken);
    }

    public GetFunnelResultResponse ToResponse()
    {
        var report = steps.ToReport();
        var response = new GetFunnelResultResponse();
        for (var step = 0; step < report.Steps.Count; step++)
        {
            var each = report.Steps[step];
            var bit = 1u << step;
            var stage = new FunnelStage
            {
                Name = each.Name,
                Sessions = each.Count,
                Visitors = plan.Unit == Unit.Session
                    ? FunnelTable.Count(visitors.Values.LongCount(taken => (taken & bit) != 0))
                    : each.Count,
            };
            if (step < report.Steps.Count - 1 && each.Count > 0)
                stage.DropOffRate = each.Dropped / (double)each.Count;
            if (each.HasFromFirst)
                stage.ConversionRate = each.FromFirst;
            response.Stages.Add(stage);
        }

        return response;
    }

    private void Add(int visitor, uint taken) => visitors[visitor] = visitors.GetValueOrDefault(visitor) | taken;
}
