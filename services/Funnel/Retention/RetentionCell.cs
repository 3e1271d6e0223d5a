namespace SessionPlatform.Funnel.Retention;

/// <summary>What somebody did in an interval, as far as retention asks. Times are ticks, 0 is never.</summary>
internal struct RetentionCell
{
    // The latest returns, as many as make one; the first of them is the earliest.
    private PriorityQueue<long, long>? latest;

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

    /// <param name="least">So many make a return.</param>
    public void AddReturn(long at, int times, int least)
    {
        if (least == 1)
        {
            ReturnedSince = Math.Max(ReturnedSince, at);
            return;
        }

        latest ??= new PriorityQueue<long, long>();
        for (var count = Math.Min(times, least); count > 0; count--)
        {
            latest.Enqueue(at, at);
            if (latest.Count > least)
                latest.Dequeue();
        }

        if (latest.Count == least)
            ReturnedSince = latest.Peek();
    }
}
