using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>Converts counts by furthest stage into the response.</summary>
internal static class FunnelTable
{
    /// <summary>Computes reached counts, drop-off and conversion rates.</summary>
    /// <param name="definition">The definition of the funnel.</param>
    /// <param name="sessions">Number of sessions by the furthest stage they reached; index 0 is ignored.</param>
    /// <param name="visitors">
    /// Number of visitors by the furthest stage of any of their sessions; index 0 is ignored.
    /// </param>
    /// <param name="pending">Number of sessions that are not yet counted by the current definition.</param>
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
    /// Converts a count to the 32 bits of the contract. A larger count saturates instead of wrapping around.
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
