using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Funnel.Reports.Metrics.Counting;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Counting;

/// <summary>Stores all times, in ticks, because an exact median needs them.</summary>
internal sealed class ExactTimes
{
    private const int TicksPerMicrosecond = 10;

    private readonly List<long> times = [];

    /// <summary>The times, in no particular order.</summary>
    public ReadOnlySpan<long> All => CollectionsMarshal.AsSpan(times);

    public void Add(long ticks) => times.Add(ticks);

    public void Add(ExactTimes others) => times.AddRange(others.times);

    /// <summary>Returns the mean; null when empty.</summary>
    public Duration? Mean()
    {
        if (times.Count == 0)
            return null;
        Int128 sum = 0;
        foreach (var time in times)
            sum += time;
        return Rounded((decimal)sum / times.Count);
    }

    /// <summary>Returns the median, the mean of the middle two for an even number; null when empty.</summary>
    public Duration? Median()
    {
        if (times.Count == 0)
            return null;
        var all = CollectionsMarshal.AsSpan(times);
        var below = (all.Length - 1) / 2;
        var low = Selection.ValueAt(all, below);
        var high = all.Length % 2 == 0 ? Selection.Least<long>(all[(below + 1)..]) : low;
        return Rounded(((decimal)low + high) / 2);
    }

    /// <summary>Rounds to microseconds, half to even: stored times are not more precise.</summary>
    private static Duration Rounded(decimal ticks) => Duration.FromTimeSpan(TimeSpan.FromTicks(
        (long)Math.Round(ticks / TicksPerMicrosecond, MidpointRounding.ToEven) * TicksPerMicrosecond));
}
