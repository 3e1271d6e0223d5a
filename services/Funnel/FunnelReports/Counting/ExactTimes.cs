using Google.Protobuf.WellKnownTypes;

namespace SessionPlatform.Funnel.FunnelReports.Counting;

/// <summary>Times, all of them kept, since a median is exact only so. In ticks.</summary>
internal sealed class ExactTimes
{
    private const int TicksPerMicrosecond = 10;

    private readonly List<long> times = [];

    public int Count => times.Count;

    public void Add(long ticks) => times.Add(ticks);

    public void Add(ExactTimes others) => times.AddRange(others.times);

    /// <summary>Null: of nothing.</summary>
    public Duration? Mean() =>
        times.Count == 0 ? null : Rounded(times.Aggregate(0m, (sum, time) => sum + time) / times.Count);

    /// <summary>Of an even number the mean of the middle two. Null: of nothing.</summary>
    public Duration? Median()
    {
        if (times.Count == 0)
            return null;
        times.Sort();
        var half = times.Count / 2;
        return Rounded(times.Count % 2 == 1 ? times[half] : ((decimal)times[half - 1] + times[half]) / 2);
    }

    /// <summary>In order.</summary>
    public IReadOnlyList<long> Sorted()
    {
        times.Sort();
        return times;
    }

    /// <summary>To the microsecond, half to even: nothing finer is stored.</summary>
    private static Duration Rounded(decimal ticks) => Duration.FromTimeSpan(TimeSpan.FromTicks(
        (long)Math.Round(ticks / TicksPerMicrosecond, MidpointRounding.ToEven) * TicksPerMicrosecond));
}
