namespace SessionPlatform.Funnel.FunnelReports.Attempts;

/// <summary>
/// The best value of those that a window over the events still holds, each move in constant time on average: what is
/// neither newer nor better than another is let go. Both ends of the window only ever move in one direction.
/// </summary>
/// <param name="room">How many are put in at most.</param>
internal sealed class BestOfWindow(int room)
{
    private (int Index, int Value)[] entries = new (int, int)[room];
    private int first;
    private int next;

    public bool IsEmpty => first == next;

    /// <summary>The best value.</summary>
    public int Value => entries[first].Value;

    public void Clear(int capacity)
    {
        if (entries.Length < capacity)
            entries = new (int, int)[capacity];
        first = next = 0;
    }

    /// <summary>Adds the event that the window came to; greater is better.</summary>
    public void AddGreatest(int index, int value)
    {
        while (next > first && entries[next - 1].Value <= value)
            next--;
        entries[next++] = (index, value);
    }

    /// <summary>Adds the event that the window came to; less is better.</summary>
    public void AddLeast(int index, int value)
    {
        while (next > first && entries[next - 1].Value >= value)
            next--;
        entries[next++] = (index, value);
    }

    /// <summary>Lets go of events before this one.</summary>
    public void DropBefore(int index)
    {
        while (next > first && entries[first].Index < index)
            first++;
    }

    /// <summary>Lets go of events after this one.</summary>
    public void DropAfter(int index)
    {
        while (next > first && entries[first].Index > index)
            first++;
    }
}
