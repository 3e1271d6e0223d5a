using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>Makes the answer out of counts.</summary>
internal static class FunnelTable
{
    /// <param name="definition">The funnel.</param>
    /// <param name="sessions">Number of sessions by the furthest stage they reached; index 0 is not looked at.</param>
    /// <param name="visitors">Number of visitors by the furthest stage of any of their sessions; the same.</param>
    /// <param name="pending">Sessions still to be counted.</param>
    public static GetFunnelResultResponse Of(
        FunnelDefinition definition, IReadOnlyList<long> sessions, IReadOnlyList<long> visitors, long pending)
    {
        var reachedBySessions = AtLeast(sessions);
        var reachedByVisitors = AtLeast(visitors);
        var answer = new GetFunnelResultResponse { PendingSessions = Count(pending) };
        for (var stage = 1; stage <= definition.Steps.Count; stage++)
        {
            var reached = reachedBySessions[stage];
            var row = new FunnelStage
            {
                Name = definition.Steps[stage - 1].Name,
                Sessions = Count(reached),
                Visitors = Count(reachedByVisitors[stage]),
            };
            if (stage < definition.Steps.Count && reached > 0)
                row.DropOffRate = (reached - reachedBySessions[stage + 1]) / (double)reached;
            if (reachedBySessions[1] > 0)
                row.ConversionRate = reached / (double)reachedBySessions[1];
            answer.Stages.Add(row);
        }

        return answer;
    }

    /// <summary>
    /// The contract counts in 32 bits; a count beyond them is the greatest one rather than a wrong small one.
    /// </summary>
    public static uint Count(long count) => (uint)Math.Clamp(count, 0, uint.MaxValue);

    private static long[] AtLeast(IReadOnlyList<long> byFurthest)
    {
        var sums = new long[byFurthest.Count];
        var sum = 0L;
        for (var stage = byFurthest.Count - 1; stage > 0; stage--)
            sums[stage] = sum += byFurthest[stage];
        return sums;
    }
}
