namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>Values as they come, each of a group; in the end those of each group stand together.</summary>
internal sealed class GroupedValues<T>
    where T : unmanaged
{
    // Some 400 MB of them.
    private const int Most = 32_000_000;
    private const int Least = 1_024;

    private int[] groups = new int[Least];
    private T[] values = new T[Least];
    private int count;
    private bool isSorted = true;

    public void Add(int group, T value)
    {
        if (count == values.Length)
            Grow();
        isSorted &= count == 0 || groups[count - 1] <= group;
        groups[count] = group;
        values[count++] = value;
    }

    /// <summary>Sorts them by group; nothing is added later.</summary>
    /// <param name="groupCount">How many groups there are.</param>
    /// <returns>The values, and where those of each group begin; behind the last one, where all of them end.</returns>
    public (T[] Values, int[] Begins) Sort(int groupCount)
    {
        var begins = new int[groupCount + 1];
        foreach (var group in groups.AsSpan(0, count))
            begins[group + 1]++;
        for (var group = 0; group < groupCount; group++)
            begins[group + 1] += begins[group];
        if (isSorted)
            return (values, begins);
        var next = begins[..^1];
        var sorted = new T[count];
        for (var index = 0; index < count; index++)
            sorted[next[groups[index]]++] = values[index];
        return (sorted, begins);
    }

    private void Grow()
    {
        if (count == Most)
            throw new TooManyValuesException();
        var room = Math.Min(values.Length * 2, Most);
        Array.Resize(ref groups, room);
        Array.Resize(ref values, room);
    }
}

/// <summary>Distinct counts and percentiles are over more values than there is memory for.</summary>
internal sealed class TooManyValuesException : Exception;
