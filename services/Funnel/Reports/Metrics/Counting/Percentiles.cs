namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

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
        var low = Selection.ValueAt(values, below);
        var high = below < place ? Selection.Least<double>(values[(below + 1)..]) : low;
        return low + ((place - below) * (high - low));
    }
}
