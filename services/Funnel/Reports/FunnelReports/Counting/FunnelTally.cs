using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Counting;

/// <summary>Accumulates the attempts of a report by breakdown value.</summary>
/// <param name="isLast">
/// Whether the session of the last step determines the value, instead of that of the first.
/// </param>
internal sealed class FunnelTally(FunnelShape shape, bool isLast, TrendTally? trend, FunnelReportOptions bounds)
    : IAttemptTally
{
    private readonly TrendTally? trend = trend;
    private readonly Dictionary<string, StepTally> values = new(StringComparer.Ordinal);
    private readonly ExactTimes whole = new();
    private int times;

    public void Add(Attempt attempt, ReadOnlySpan<MarkedEvent> events, IActorSessions sessions)
    {
        var value = sessions.ValueOf(events[attempt.Taken[isLast ? attempt.Last : 0]].Session);
        CountTimes(TallyOf(value).Add(attempt, events));
        trend?.Add(attempt, events);
        if (attempt.Taken[^1] is var end and >= 0)
            whole.Add(events[end].At - events[attempt.First].At);
    }

    public IAttemptTally CreateEmpty() => new FunnelTally(shape, isLast, trend?.CreateEmpty(), bounds);

    public void Add(IAttemptTally other)
    {
        var added = (FunnelTally)other;
        foreach (var (value, tally) in added.values)
            TallyOf(value).Add(tally);
        CountTimes(added.times);
        if (added.trend is { } points)
            trend?.Add(points);
        whole.Add(added.whole);
    }

    /// <summary>Returns the report.</summary>
    /// <param name="most">The maximum number of values with a separate report; null without a breakdown.</param>
    public GetFunnelReportResponse ToReport(int? most, int bins)
    {
        var response = new GetFunnelReportResponse { Trend = { trend?.Points() ?? [] } };
        response.Times.AddRange(TimeBins.Of(whole.All, bins));
        var all = new StepTally(shape);
        if (most is { } limit)
        {
            var other = new StepTally(shape);
            var order = values
                .OrderByDescending(entry => entry.Value.Began).ThenBy(entry => entry.Key, Utf8Order.Instance);
            foreach (var (index, (value, tally)) in order.Index())
            {
                all.Add(tally);
                if (index < limit)
                    response.Values.Add(tally.ToReport(value));
                else
                    other.Add(tally);
            }

            if (other.Began > 0)
                response.Values.Add(other.ToReport(isOther: true));
        }
        else if (values.Count > 0)
        {
            all = values.Values.Single();
        }

        response.Report = all.ToReport();
        return response;
    }

    private StepTally TallyOf(string value)
    {
        if (values.TryGetValue(value, out var tally))
            return tally;
        if (values.Count == bounds.MaxValues)
            throw TooLarge.Of(bounds.MaxValues, "different values of its breakdown");
        return values[value] = new StepTally(shape);
    }

    private void CountTimes(int added)
    {
        times += added;
        if (times > bounds.MaxTimes)
            throw TooLarge.Of(bounds.MaxTimes, "times between steps");
    }
}
