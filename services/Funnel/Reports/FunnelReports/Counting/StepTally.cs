using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Counting;

/// <summary>Accumulates how far attempts went, and how long each step took.</summary>
internal sealed class StepTally(FunnelShape shape)
{
    private readonly long[] counts = new long[shape.Count];
    private readonly long[] dropped = new long[shape.Count];
    private readonly ExactTimes[] times = [.. Enumerable.Range(0, shape.Count).Select(_ => new ExactTimes())];

    /// <summary>The number of attempts.</summary>
    public long Began => counts[0];

    /// <summary>Adds an attempt.</summary>
    /// <returns>The number of times that were stored.</returns>
    public int Add(Attempt attempt, ReadOnlySpan<MarkedEvent> events)
    {
        var kept = 0;
        for (var step = 0; step <= attempt.Last; step++)
        {
            if (attempt.Taken[step] < 0)
                continue;
            counts[step]++;
            if (step == 0)
                continue;
            times[step].Add(events[attempt.Taken[step]].At - events[attempt.EventBefore(step)].At);
            kept++;
        }

        dropped[attempt.Last]++;
        return kept;
    }

    public void Add(StepTally other)
    {
        for (var step = 0; step < shape.Count; step++)
        {
            counts[step] += other.counts[step];
            dropped[step] += other.dropped[step];
            times[step].Add(other.times[step]);
        }
    }

    public FunnelReport ToReport(string value = "", bool isOther = false)
    {
        var report = new FunnelReport { Value = value, IsOther = isOther };
        var previous = 0L;
        for (var step = 0; step < shape.Count; step++)
        {
            report.Steps.Add(Step(step, previous));
            if (!shape.Steps[step].IsOptional)
                previous = counts[step];
        }

        if (Began > 0)
            report.ConversionRate = counts[^1] / (double)Began;
        return report;
    }

    private FunnelStepReport Step(int step, long previous)
    {
        var report = new FunnelStepReport
        {
            Name = shape.NameOf(step),
            Count = FunnelTable.Count(counts[step]),
            Dropped = FunnelTable.Count(dropped[step]),
            MeanTime = times[step].Mean(),
            MedianTime = times[step].Median(),
        };
        if (previous > 0)
            report.FromPrevious = counts[step] / (double)previous;
        if (Began > 0)
            report.FromFirst = counts[step] / (double)Began;
        return report;
    }
}
