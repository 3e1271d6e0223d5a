namespace SessionPlatform.Funnel.Metrics.Counting;

/// <summary>
/// Percentiles of buckets that come one after the other, and of all of them: those of a bucket are found when the next one
/// begins.
/// </summary>
internal sealed class PercentilesInOrder(double[] fractions) : IPercentiles
{
    // Some 250 MB of them.
    private const int Most = 32_000_000;

    private double[] values = new double[1_024];
    private int count;

    // So many first ones are in order.
    private int sorted;

    // Where those of the bucket begin that goes on.
    private int begin;
    private int bucket;

    // By bucket that is done with: by fraction.
    private Dictionary<int, double[]> done = [];

    public long Bytes => sizeof(double) * (values.Length + ((long)done.Count * (fractions.Length + 6)));

    public void Add(int group, double value)
    {
        if (group != bucket)
        {
            Close();
            bucket = group;
        }

        if (count == values.Length)
        {
            if (count == Most)
                throw new TooManyValuesException();
            Array.Resize(ref values, Math.Min(2 * count, Most));
        }

        values[count++] = value;
    }

    public Dictionary<double, double[]> Find(Cells cells)
    {
        Close();
        var found = new Dictionary<double, double[]>();
        for (var index = 0; index < fractions.Length; index++)
        {
            var figures = new double[cells.Count];
            Array.Fill(figures, double.NaN);
            foreach (var (of, percentiles) in done)
                figures[cells.Of(0, of)] = percentiles[index];
            figures[cells.Of(0)] = OfAll(fractions[index]);
            found[fractions[index]] = figures;
        }

        return found;
    }

    /// <summary>The same, to be added to. Puts what it is made of in order once, so that it need not be looked through.</summary>
    public PercentilesInOrder Copy()
    {
        // A copy is, and may be copied by many at the same time.
        if (sorted < begin)
        {
            values.AsSpan(0, begin).Sort();
            sorted = begin;
        }

        return new(fractions)
        {
            values = values[..Math.Max(count, 1)],
            count = count,
            sorted = sorted,
            begin = begin,
            bucket = bucket,
            done = new Dictionary<int, double[]>(done),
        };
    }

    private void Close()
    {
        if (begin == count)
            return;
        done[bucket] = Array.ConvertAll(fractions, fraction => Percentiles.Of(values.AsSpan(begin..count), fraction));
        begin = count;
    }

    private double OfAll(double fraction)
    {
        if (sorted == 0)
            return Percentiles.Of(values.AsSpan(0, count), fraction);
        var first = values.AsSpan(0, sorted);
        var rest = values.AsSpan(sorted..count);
        rest.Sort();
        var place = fraction * (count - 1);
        var below = (int)Math.Floor(place);
        var low = ValueAt(first, rest, below);
        var high = below < place ? ValueAt(first, rest, below + 1) : low;
        return low + ((place - below) * (high - low));
    }

    /// <summary>The value of a place in the order of both together; each is in order.</summary>
    private static double ValueAt(ReadOnlySpan<double> one, ReadOnlySpan<double> other, int place)
    {
        // How many of the values up to that place are of the one.
        var (least, most) = (Math.Max(0, place + 1 - other.Length), Math.Min(one.Length, place + 1));
        while (least < most)
        {
            var middle = (least + most) / 2;
            if (one[middle] < other[place - middle])
                least = middle + 1;
            else
                most = middle;
        }

        var last = least > 0 ? one[least - 1] : double.NegativeInfinity;
        return place + 1 > least ? Math.Max(last, other[place - least]) : last;
    }
}
