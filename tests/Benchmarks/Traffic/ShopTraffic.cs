using SessionPlatform.Cli.Simulate;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Benchmarks.Traffic;

/// <summary>The invented visits of <c>sp simulate</c>, in the order of their times, each event once.</summary>
internal static class ShopTraffic
{
    private const int DaysAccepted = 5;

    /// <summary>Exactly so many events of the last days; another seed gives other visitors.</summary>
    public static IEnumerable<Event> Recent(string siteId, int events, ulong seed) =>
        Between(siteId, events, seed, LastMidnight, DaysAccepted);

    /// <summary>Exactly so many events of the days before a time.</summary>
    public static IEnumerable<Event> Between(string siteId, int events, ulong seed, DateTimeOffset until, int days)
    {
        var options = new SimulationOptions(
            siteId, seed, new(SimulationUnit.Events, events), days,
            (until - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, LateShare: 0, RepeatShare: 0);
        return Arrivals.Of(VisitPlan.Draw(options), options);
    }

    public static DateTimeOffset LastMidnight => new(TimeProvider.System.GetUtcNow().Date, TimeSpan.Zero);
}
