using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Retention.V1;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>Accumulates the intervals in which persons were active.</summary>
internal sealed class ActivityTally(Intervals intervals) : IActivityTally
{
    private PersonIntervals<Active> active = new();
    private FirstIntervals firsts = new();

    public int Activities => active.Count;

    public string Name => $"activity {intervals.Name}";

    public long Bytes => active.Bytes + firsts.Bytes;

    public IActivityTally Copy()
    {
        var copy = new ActivityTally(intervals);
        copy.GoOnFrom(this);
        return copy;
    }

    public void GoOnFrom(IActivityTally other)
    {
        var from = (ActivityTally)other;
        (active, firsts) = (from.active.Copy(), from.firsts.Copy());
    }

    public void Add(int person, int value, ReadOnlySpan<Happening> happened)
    {
        foreach (var each in happened)
        {
            if (each.At >= intervals.EndTicks || !each.IsTarget)
                continue;
            var interval = intervals.Holding(each.At);
            firsts.Add(person, interval);
            if (interval >= 0)
                active.Of(person, interval);
        }
    }

    /// <summary>Returns the lifecycle figures.</summary>
    /// <param name="begun">The number of intervals that have begun. The first one only serves to look back.</param>
    public IEnumerable<LifecyclePoint> Lifecycle(int begun)
    {
        LifecyclePoint[] points =
            [.. intervals.Begins.Take(begun).Select(begin => new LifecyclePoint { At = begin.ToTimestamp() })];
        var own = new List<(int Interval, Active Cell)>();
        for (var person = 0; person < active.PersonsEnd; person++)
        {
            active.Read(person, own);
            for (var index = 0; index < own.Count; index++)
                Count(points, person, own, index);
        }

        return points.Skip(1);
    }

    /// <summary>Returns the number of persons that were active in 1 interval, in 2, and so on.</summary>
    public uint[] Stickiness(bool cumulative)
    {
        var counts = new uint[intervals.Count];
        var own = new List<(int Interval, Active Cell)>();
        for (var person = 0; person < active.PersonsEnd; person++)
        {
            active.Read(person, own);
            if (own.Count > 0)
                counts[own.Count - 1]++;
        }

        for (var index = counts.Length - 2; cumulative && index >= 0; index--)
            counts[index] += counts[index + 1];
        return counts;
    }

    private void Count(LifecyclePoint[] points, int person, List<(int Interval, Active Cell)> own, int index)
    {
        var interval = own[index].Interval;
        var staysActive = index + 1 < own.Count && own[index + 1].Interval == interval + 1;
        if (interval + 1 < points.Length && !staysActive)
            points[interval + 1].Dormant++;
        if (interval >= points.Length)
            return;
        if (firsts.Of(person) == interval)
            points[interval].New++;
        else if (index > 0 && own[index - 1].Interval == interval - 1)
            points[interval].Returning++;
        else
            points[interval].Resurrecting++;
    }

    /// <summary>Records that a person was active, without further data.</summary>
    private readonly struct Active;
}
