namespace SessionPlatform.Funnel.Metrics.Counting;

/// <summary>Percentiles of groups and of keys, as <c>percentile_cont</c> has them.</summary>
internal interface IPercentiles
{
    void Add(int group, double value);

    /// <summary>
    /// By fraction, and by figure, see <see cref="Cells"/>; NaN where there are no values. Nothing is added later.
    /// </summary>
    Dictionary<double, double[]> Find(Cells cells);
}

/// <summary>The same of groups in any order.</summary>
internal sealed class Percentiles(double[] fractions) : IPercentiles
{
    // Of fewer the order is found by sorting them.
    private const int Few = 16;

    private readonly GroupedValues<double> seen = new();

    public void Add(int group, double value) => seen.Add(group, value);

    public Dictionary<double, double[]> Find(Cells cells)
    {
        var (values, begins) = seen.Sort(cells.Groups);
        var found = fractions.ToDictionary(fraction => fraction, _ => new double[cells.Count]);
        foreach (var (fraction, percentiles) in found)
        {
            for (var group = 0; group < cells.Groups; group++)
            {
                var own = values.AsSpan(begins[group]..begins[group + 1]);
                percentiles[cells.Of(group / cells.Buckets, group % cells.Buckets)] = Of(own, fraction);
            }
        }

        // Only then: that puts the values of the buckets of a key in disorder.
        foreach (var (fraction, percentiles) in found)
        {
            for (var key = 0; key < cells.Keys; key++)
            {
                var own = begins[key * cells.Buckets]..begins[(key + 1) * cells.Buckets];
                percentiles[cells.Of(key)] = Of(values.AsSpan(own), fraction);
            }
        }

        return found;
    }

    /// <summary>Interpolated between neighbours; NaN: of no values. Changes their order.</summary>
    public static double Of(Span<double> values, double fraction)
    {
        if (values.IsEmpty)
            return double.NaN;
        var place = fraction * (values.Length - 1);
        var below = (int)Math.Floor(place);
        Select(values, below);
        var (low, high) = (values[below], values[below]);
        if (below < place)
        {
            high = double.PositiveInfinity;
            foreach (var value in values[(below + 1)..])
                high = Math.Min(high, value);
        }

        return low + ((place - below) * (high - low));
    }

    /// <summary>Puts the value of a place in the order there, none that is greater before it, and none that is less behind.</summary>
    private static void Select(Span<double> values, int place)
    {
        var (first, last) = (0, values.Length - 1);
        // Each round mostly leaves less than two thirds; values against which that fails are sorted.
        for (var rounds = 4 * int.Log2(values.Length | 1); last - first >= Few && rounds > 0; rounds--)
        {
            var pivot = Middle(values[first], values[first + ((last - first) / 2)], values[last]);
            var (left, right) = (first, last);
            while (left <= right)
            {
                while (values[left] < pivot)
                    left++;
                while (values[right] > pivot)
                    right--;
                if (left > right)
                    break;
                (values[left], values[right]) = (values[right], values[left]);
                left++;
                right--;
            }

            if (place <= right)
                last = right;
            else if (place >= left)
                first = left;
            else
                return;
        }

        values[first..(last + 1)].Sort();
    }

    private static double Middle(double one, double two, double three) =>
        Math.Max(Math.Min(one, two), Math.Min(Math.Max(one, two), three));
}
