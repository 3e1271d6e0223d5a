namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>Counts who is in groups, each once a group, and each once a key over all of its buckets.</summary>
internal interface IDistinct
{
    /// <param name="who">Not negative.</param>
    void Add(int group, int who);

    /// <summary>By figure, see <see cref="Cells"/>; nothing is added later.</summary>
    double[] Count(Cells cells);
}

/// <summary>The same of groups in any order.</summary>
internal sealed class Distinct : IDistinct
{
    private readonly GroupedValues<int> seen = new();
    private int most;

    public void Add(int group, int who)
    {
        most = Math.Max(most, who);
        seen.Add(group, who);
    }

    public double[] Count(Cells cells)
    {
        var (values, begins) = seen.Sort(cells.Groups);
        // By who: the key, and the group, that it was last seen in, from 1.
        var inKey = new int[most + 1];
        var inGroup = cells.Buckets > 1 ? new int[most + 1] : [];
        var counts = new double[cells.Count];
        for (var key = 0; key < cells.Keys; key++)
        {
            for (var bucket = 0; bucket < cells.Buckets; bucket++)
            {
                var group = (key * cells.Buckets) + bucket;
                var own = values.AsSpan(begins[group]..begins[group + 1]);
                counts[cells.Of(key)] += CountNew(own, inKey, key + 1);
                if (cells.Buckets > 1)
                    counts[cells.Of(key, bucket)] = CountNew(own, inGroup, group + 1);
            }

            if (cells.Buckets == 1)
                counts[cells.Of(key, 0)] = counts[cells.Of(key)];
        }

        return counts;
    }

    private static int CountNew(ReadOnlySpan<int> values, int[] stamps, int stamp)
    {
        var count = 0;
        foreach (var who in values)
        {
            ref var last = ref stamps[who];
            if (last == stamp)
                continue;
            last = stamp;
            count++;
        }

        return count;
    }
}

/// <summary>Where the figures of keys and buckets are in an array: of each key the whole, then its buckets.</summary>
internal readonly record struct Cells(int Keys, int Buckets)
{
    public int Groups => Keys * Buckets;

    public int Count => Keys * (Buckets + 1);

    public int Of(int key) => key * (Buckets + 1);

    public int Of(int key, int bucket) => (key * (Buckets + 1)) + bucket + 1;
}
