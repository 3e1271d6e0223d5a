using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Funnel.Identity;

namespace SessionPlatform.Funnel.Retention;

/// <summary>Counts in which intervals persons were active.</summary>
internal sealed class ActivityTally(Intervals intervals)
{
    private readonly PersonNumbers persons = new();
    private readonly HashSet<(int Person, int Interval)> active = [];
    private readonly List<int> firsts = [];

    /// <summary>Intervals of persons that are kept.</summary>
    public int Activities => active.Count;

    public void Add(ActiveSession session)
    {
        var person = persons.NumberOf(session.Person);
        if (person == firsts.Count)
            firsts.Add(int.MaxValue);
        foreach (var happened in session.Happened)
        {
            if (happened.At >= intervals.End || !happened.IsTarget)
                continue;
            var interval = intervals.Holding(happened.At);
            firsts[person] = Math.Min(firsts[person], interval);
            if (interval >= 0)
                active.Add((person, interval));
        }
    }

    /// <param name="begun">How many of the intervals have begun. The first is there to be looked back at.</param>
    public IEnumerable<LifecyclePoint> Lifecycle(int begun)
    {
        LifecyclePoint[] points =
            [.. intervals.Begins.Take(begun).Select(begin => new LifecyclePoint { At = begin.ToTimestamp() })];
        foreach (var (person, interval) in active)
        {
            if (interval + 1 < points.Length && !active.Contains((person, interval + 1)))
                points[interval + 1].Dormant++;
            if (interval >= points.Length)
                continue;
            if (firsts[person] == interval)
                points[interval].New++;
            else if (active.Contains((person, interval - 1)))
                points[interval].Returning++;
            else
                points[interval].Resurrecting++;
        }

        return points.Skip(1);
    }

    /// <summary>How many were active in 1 interval, in 2, and so on.</summary>
    public uint[] Stickiness(bool cumulative)
    {
        var counts = new uint[intervals.Count];
        foreach (var person in active.CountBy(each => each.Person))
            counts[person.Value - 1]++;
        for (var index = counts.Length - 2; cumulative && index >= 0; index--)
            counts[index] += counts[index + 1];
        return counts;
    }
}
