namespace SessionPlatform.Funnel.Retention;

/// <summary>What somebody did in an interval, as far as retention asks. Times are ticks, 0 is never.</summary>
internal struct RetentionCell
{
    /// <summary>When the first target event was.</summary>
    public long Target { get; private set; }

    /// <summary>The value of the breakdown of the session of that event.</summary>
    public int Value { get; private set; }

    /// <summary>The latest time since which there were so many returning events as make a return.</summary>
    public long ReturnedSince { get; private set; }

    /// <summary>Whether there was a target event.</summary>
    public readonly bool HasTarget => Target > 0;

    /// <summary>Whether there were so many at all.</summary>
    public readonly bool HasReturned => ReturnedSince > 0;

    public void AddTarget(long at, int value)
    {
        // Of several at the same time the one that is read first counts, which is that of the earlier session.
        if (HasTarget && Target <= at)
            return;
        Target = at;
        Value = value;
    }

    /// <param name="since">Since then there were so many returning events as make a return; 0: not yet.</param>
    public void AddReturn(long since) => ReturnedSince = Math.Max(ReturnedSince, since);
}

/// <summary>The latest returning events of persons in intervals, where it takes several to make a return.</summary>
/// <param name="least">So many make one.</param>
internal sealed class LatestReturns(int least)
{
    // As many as make a return; the first of them is the earliest.
    private readonly Dictionary<(int Person, int Interval), PriorityQueue<long, long>> latest = [];

    /// <summary>Adds events.</summary>
    /// <returns>The latest time since which there were enough; 0: there are not yet.</returns>
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
