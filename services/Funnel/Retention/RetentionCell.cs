namespace SessionPlatform.Funnel.Retention;

/// <summary>What somebody did in an interval, as far as retention asks.</summary>
internal struct RetentionCell
{
    // The latest returns, as many as make one; the first of them is the earliest.
    private PriorityQueue<DateTime, DateTime>? latest;
    private DateTime last;

    /// <summary>When the first target event was; null: there was none.</summary>
    public DateTime? Target { get; private set; }

    /// <summary>The value of the breakdown of the session of that event.</summary>
    public int Value { get; private set; }

    /// <summary>
    /// The latest time since which there were so many returning events as make a return; the least time: never.
    /// </summary>
    public DateTime ReturnedSince { get; private set; }

    /// <summary>Whether there were so many at all.</summary>
    public readonly bool HasReturned => ReturnedSince > DateTime.MinValue;

    public void AddTarget(DateTime at, int value)
    {
        // Of several at the same time the one that is read first counts, which is that of the earlier session.
        if (Target <= at)
            return;
        Target = at;
        Value = value;
    }

    /// <param name="least">So many make a return.</param>
    public void AddReturn(DateTime at, int times, int least)
    {
        if (least == 1)
        {
            last = at > last ? at : last;
            ReturnedSince = last;
            return;
        }

        latest ??= new PriorityQueue<DateTime, DateTime>();
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
