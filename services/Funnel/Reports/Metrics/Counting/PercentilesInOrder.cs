namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>
/// Percentiles of buckets that come one after the other, and of all of them: those of a bucket are found when the next one
/// begins. Copies share what there was, in order, and each holds what came since.
/// </summary>
internal sealed class PercentilesInOrder(double[] fractions) : IPercentiles
{
    // Some 250 MB of them.
    private const int Most = 32_000_000;

    // What copies share: of buckets that are done with, and of the one that goes on.
    private List<ReadOnlyMemory<double>> sharedDone = [];
    private List<ReadOnlyMemory<double>> sharedOfBucket = [];
    private int shared;

    private double[] values = new double[1_024];
    private int count;

    // Where those of the bucket begin that goes on.
    private int begin;
    private int bucket;

    // By bucket that is done with: by fraction.
    private Dictionary<int, double[]> done = [];

    public long Bytes =>
        (sizeof(double) * ((long)values.Length + shared))
        + (sizeof(double) * (long)done.Count * (fractions.Length + 6));

    public void Add(int group, double value)
    {
        if (group != bucket)
        {
            Close();
            bucket = group;
        }

        if (count == values.Length)
        {
            if (shared + count >= Most)
                throw new TooManyValuesException();
            Array.Resize(ref values, Math.Min(2 * count, Most - shared));
        }

        values[count++] = value;
    }

    public Dictionary<double, double[]> Find(Cells cells)
    {
        Close();
        var own = values.AsMemory(0, count);
        if (sharedDone.Count > 0)
            own.Span.Sort();
        var found = new Dictionary<double, double[]>();
        for (var index = 0; index < fractions.Length; index++)
        {
            var figures = new double[cells.Count];
            Array.Fill(figures, double.NaN);
            foreach (var (of, percentiles) in done)
                figures[cells.Of(0, of)] = percentiles[index];
            figures[cells.Of(0)] = sharedDone.Count == 0
                ? Percentiles.Of(own.Span, fractions[index])
                : SortedParts.Percentile([.. sharedDone, own], fractions[index]);
            found[fractions[index]] = figures;
        }

        return found;
    }

    /// <summary>The same, to be added to. Of a copy nothing is copied; so many may be made of it at the same time.</summary>
    public PercentilesInOrder Copy() => new(fractions)
    {
        sharedDone = [.. sharedDone, .. InOrder(0, begin)],
        sharedOfBucket = [.. sharedOfBucket, .. InOrder(begin, count)],
        shared = shared + count,
        bucket = bucket,
        done = new Dictionary<int, double[]>(done),
    };

    private IEnumerable<ReadOnlyMemory<double>> InOrder(int from, int to)
    {
        if (from == to)
            yield break;
        var own = values[from..to];
        own.AsSpan().Sort();
        yield return own;
    }

    private void Close()
    {
        var own = values.AsMemory(begin..count);
        if (own.IsEmpty && sharedOfBucket.Count == 0)
            return;
        if (sharedOfBucket.Count > 0)
            own.Span.Sort();
        done[bucket] = sharedOfBucket.Count == 0
            ? Array.ConvertAll(fractions, fraction => Percentiles.Of(own.Span, fraction))
            : Array.ConvertAll(fractions, fraction => SortedParts.Percentile([.. sharedOfBucket, own], fraction));
        sharedDone.AddRange(sharedOfBucket);
        sharedOfBucket = [];
        begin = count;
    }
}
