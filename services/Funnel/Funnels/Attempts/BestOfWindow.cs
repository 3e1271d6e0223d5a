namespace SessionPlatform.Funnel.Funnels.Attempts;

/// <summary>
/// A sliding-window minimum or maximum (monotonic queue): the best value in a window over the events, in amortized
/// constant time. Both ends of the window move in one direction only.
/// </summary>
/// <param name="room">The initial capacity.</param>
internal sealed class BestOfWindow(int room)
{
    private (int Index, int Value)[] entries = new (int, int)[room];
    private int first;
    private int next;

    public bool IsEmpty => first == next;

    /// <summary>The best value in the window.</summary>
    public int Value => entries[first].Value;

    /// <summary>Empties the window and makes room for a number of additions.</summary>
    public void Clear(int capacity)
    {
        if (entries.Length < capacity)
            entries = new (int, int)[capacity];
        first = next = 0;
    }

    /// <summary>Adds the next event of the window; the greatest value is the best.</summary>
    public void AddGreatest(int index, int value)
    {
        while (next > first && entries[next - 1].Value <= value)
            next--;
        entries[next++] = (index, value);
    }

    /// <summary>Adds the next event of the window; the least value is the best.</summary>
    public void AddLeast(int index, int value)
    {
        while (next > first && entries[next - 1].Value >= value)
            next--;
        entries[next++] = (index, value);
    }

    /// <summary>Removes the events before this one.</summary>
    public void DropBefore(int index)
    {
        while (next > first && entries[first].Index < index)
            first++;
    }

    /// <summary>Removes the events after this one.</summary>
    public void DropAfter(int index)
    {
        while (next > first && entries[first].Index > index)
            first++;
    }
}
