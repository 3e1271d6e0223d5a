using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Funnel.Metrics.Counting;

namespace SessionPlatform.Funnel.FunnelReports.Counting;

/// <summary>Times, all of them kept, since a median is exact only so. In ticks.</summary>
internal sealed class ExactTimes
{
    private const int TicksPerMicrosecond = 10;

    private readonly List<long> times = [];

    /// <summary>In no order.</summary>
    public ReadOnlySpan<long> All => CollectionsMarshal.AsSpan(times);

    public void Add(long ticks) => times.Add(ticks);

    public void Add(ExactTimes others) => times.AddRange(others.times);

    /// <summary>Null: of nothing.</summary>
    public Duration? Mean()
    {
        if (times.Count == 0)
            return null;
        Int128 sum = 0;
        foreach (var time in times)
            sum += time;
        return Rounded((decimal)sum / times.Count);
    }

    /// <summary>Of an even number the mean of the middle two. Null: of nothing.</summary>
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

    /// <summary>To the microsecond, half to even: nothing finer is stored.</summary>
    private static Duration Rounded(decimal ticks) => Duration.FromTimeSpan(TimeSpan.FromTicks(
        (long)Math.Round(ticks / TicksPerMicrosecond, MidpointRounding.ToEven) * TicksPerMicrosecond));
}
