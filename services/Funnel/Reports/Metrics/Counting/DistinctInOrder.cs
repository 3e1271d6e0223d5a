namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>
/// Counts who is in buckets that come one after the other, each once a bucket, and each once over all: it needs no more
/// than where each was seen last.
/// </summary>
internal sealed class DistinctInOrder : IDistinct
{
    // By who: the bucket, from 1.
    private int[] lastIn = [];
    private int[] counts = [];
    private int total;

    public long Bytes => sizeof(int) * ((long)lastIn.Length + counts.Length);

    public void Add(int group, int who)
    {
        if (who >= lastIn.Length)
            Array.Resize(ref lastIn, Math.Max(who + 1, 2 * lastIn.Length));
        if (group >= counts.Length)
            Array.Resize(ref counts, Math.Max(group + 1, 2 * counts.Length));
        ref var last = ref lastIn[who];
        if (last == group + 1)
            return;
        total += last == 0 ? 1 : 0;
        counts[group]++;
        last = group + 1;
    }

    public double[] Count(Cells cells)
    {
        var figures = new double[cells.Count];
        figures[cells.Of(0)] = total;
        for (var bucket = 0; bucket < Math.Min(counts.Length, cells.Buckets); bucket++)
            figures[cells.Of(0, bucket)] = counts[bucket];
        return figures;
    }

    /// <summary>The same, to be added to.</summary>
    public DistinctInOrder Copy() => new() { lastIn = [.. lastIn], counts = [.. counts], total = total };
}
