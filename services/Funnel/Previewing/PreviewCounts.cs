using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Previewing;

/// <summary>Accumulates the totals of sessions by one set of rules.</summary>
/// <param name="funnels">The funnels, each with its number of stages.</param>
internal sealed class PreviewCounts(IReadOnlyList<(IFunnel Rules, int Stages)> funnels)
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const int NanosecondsPerMicrosecond = 1_000;

    // Indexed by funnel and by the furthest stage reached.
    private readonly ulong[][] reached = [.. funnels.Select(funnel => new ulong[funnel.Stages + 1])];
    private ulong sessions;
    private ulong bounces;
    private ulong engaged;
    private ulong converted;

    // Ten million sessions of a month each would overflow 64 bits.
    private decimal microseconds;

    public void Add(SessionDocument document)
    {
        var session = document.Session;
        sessions++;
        bounces += session.Bounced ? 1UL : 0;
        engaged += session.Engaged ? 1UL : 0;
        converted += session.Converted ? 1UL : 0;
        microseconds += Microseconds(session.EndedAt) - Microseconds(session.StartedAt);
        for (var index = 0; index < funnels.Count; index++)
            reached[index][funnels[index].Rules.StagesReached(document)]++;
    }

    public PreviewTotals Totals(long visitors)
    {
        var totals = new PreviewTotals
        {
            Sessions = sessions,
            Visitors = (ulong)visitors,
            Bounces = bounces,
            EngagedSessions = engaged,
            ConvertedSessions = converted,
        };
        if (sessions == 0)
            return totals;
        totals.BounceRate = bounces / (double)sessions;
        totals.EngagementRate = engaged / (double)sessions;
        totals.ConversionRate = converted / (double)sessions;
        var mean = (long)Math.Round(microseconds / sessions, MidpointRounding.ToEven);
        totals.AverageDuration = new Duration
        {
            Seconds = mean / MicrosecondsPerSecond,
            Nanos = (int)(mean % MicrosecondsPerSecond) * NanosecondsPerMicrosecond,
        };
        return totals;
    }

    /// <summary>Returns the number of sessions that reached a stage, counted from 1, or a later one.</summary>
    public ulong Reached(int funnel, int stage) => reached[funnel][stage..].Aggregate(0UL, (sum, count) => sum + count);

    private static decimal Microseconds(Timestamp time) =>
        (time.Seconds * MicrosecondsPerSecond) + (time.Nanos / NanosecondsPerMicrosecond);
}
