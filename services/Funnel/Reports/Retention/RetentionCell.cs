namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>The activity of a person in an interval. Times are in ticks; 0 stands for never.</summary>
internal struct RetentionCell
{
    /// <summary>The time of the first target event.</summary>
    public long Target { get; private set; }

    /// <summary>The breakdown value of the session of that event.</summary>
    public int Value { get; private set; }

    /// <summary>The latest time from which on there were enough returning events for a return.</summary>
    public long ReturnedSince { get; private set; }

    /// <summary>Whether there was a target event.</summary>
    public readonly bool HasTarget => Target > 0;

    /// <summary>Whether there were enough returning events at all.</summary>
    public readonly bool HasReturned => ReturnedSince > 0;

    public void AddTarget(long at, int value)
    {
        // Of several events at one time, the first one counts, which is that of the earlier session.
        if (HasTarget && Target <= at)
            return;
        Target = at;
        Value = value;
    }

    /// <summary>Adds returning events.</summary>
    /// <param name="since">The latest time from which on there were enough for a return; 0 when there are not.</param>
    public void AddReturn(long since) => ReturnedSince = Math.Max(ReturnedSince, since);
}

/// <summary>The latest returning events of persons in intervals, when a return takes several events.</summary>
/// <param name="least">The number of events that make a return.</param>
internal sealed class LatestReturns(int least)
{
    // At most as many as make a return; the first one is the earliest.
    private readonly Dictionary<(int Person, int Interval), PriorityQueue<long, long>> latest = [];

    /// <summary>Adds events.</summary>
    /// <returns>The latest time from which on there were enough; 0 when there are not.</returns>
    public long Add(int person, int interval, long at, int times)
    {
        if (least == 1)
            return at;
        if (!latest.TryGetValue((person, interval), out var queue))
            latest[(person, interval)] = queue = new PriorityQueue<long, long>();
        for (var count = Math.Min(times, least); count > 0; count--)
        {
            queue.Enqueue(at, at);
            if (queue.Count > least)
                queue.Dequeue();
        }

        return queue.Count == least ? queue.Peek() : 0;
    }
}
