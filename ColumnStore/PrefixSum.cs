namespace SessionPlatform.ColumnStore;

/// <summary>Prefix sums of counts.</summary>
public static class PrefixSum
{
    /// <summary>
    /// Computes offsets from counts: element i is the sum of the counts before i; the last one, the sum of all. The
    /// result has one element more than there are counts.
    /// </summary>
    public static int[] Offsets(ReadOnlySpan<int> counts)
    {
        var offsets = new int[counts.Length + 1];
        for (var index = 0; index < counts.Length; index++)
            offsets[index + 1] = offsets[index] + counts[index];
        return offsets;
    }
}
