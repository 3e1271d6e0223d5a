namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>What is added up of the sessions of a key.</summary>
internal enum FactSum
{
    Sessions,

    /// <summary>Of the sessions.</summary>
    SessionPageViews,

    /// <summary>Of the page, where keys are pages.</summary>
    PageViews,

    /// <summary>Of the kind or name, where keys are such.</summary>
    Events,
    Engaged,
    Bounces,
    Under30S,
    Over10M,

    /// <summary>Microseconds.</summary>
    Duration,

    /// <summary>Of the type, where keys are such.</summary>
    Conversions,
    ConvertedSessions,
    Entries,
    Exits,

    /// <summary>Microseconds.</summary>
    TimeOnPage,
    TimedPages,
    ScrollDepth,
    ScrolledPages,
}

/// <summary>Sums by group, a group being a key in a bucket.</summary>
internal sealed class SumTable
{
    // By sum; null: it is not asked for.
    private readonly long[]?[] sums = new long[]?[Enum.GetValues<FactSum>().Length];
    private double[]? depths;

    public SumTable(IEnumerable<FactSum> asked)
    {
        foreach (var sum in asked)
        {
            if (sum == FactSum.ScrollDepth)
                depths = [];
            else
                sums[(int)sum] = [];
        }
    }

    /// <summary>Whether it is asked for.</summary>
    public bool Has(FactSum sum) => sum == FactSum.ScrollDepth ? depths is not null : sums[(int)sum] is not null;

    /// <summary>Makes room.</summary>
    public void Reserve(int groups)
    {
        foreach (ref var sum in sums.AsSpan())
        {
            if (sum is not null)
                Grow(ref sum, groups);
        }

        if (depths is not null)
            Grow(ref depths, groups);
    }

    /// <summary>Null: it is not asked for.</summary>
    public long[]? Of(FactSum sum) => sums[(int)sum];

    /// <summary>Of <see cref="FactSum.ScrollDepth"/>; null: it is not asked for.</summary>
    public double[]? Depths => depths;

    /// <summary>The sum over some groups that follow each other.</summary>
    public double Total(FactSum sum, int first, int count)
    {
        if (sum == FactSum.ScrollDepth)
            return Total(depths!.AsSpan(first, count));
        var total = 0L;
        foreach (var part in sums[(int)sum]!.AsSpan(first, count))
            total += part;
        return total;
    }

    /// <summary>The sums of groups that are put together.</summary>
    /// <param name="target">Where the sums of each group go.</param>
    public SumTable Fold(ReadOnlySpan<int> target, int groups)
    {
        var folded = new SumTable(Enum.GetValues<FactSum>().Where(Has));
        folded.Reserve(groups);
        folded.Add(this, target);
        return folded;
    }

    /// <summary>Adds the sums of another table of the same ones; there is room for them.</summary>
    /// <param name="target">Where the sums of each group go.</param>
    public void Add(SumTable from, ReadOnlySpan<int> target)
    {
        for (var sum = 0; sum < sums.Length; sum++)
        {
            for (var group = 0; from.sums[sum] is { } added && group < target.Length; group++)
                sums[sum]![target[group]] += added[group];
        }

        for (var group = 0; from.depths is not null && group < target.Length; group++)
            depths![target[group]] += from.depths[group];
    }

    private static double Total(ReadOnlySpan<double> parts)
    {
        var total = 0.0;
        foreach (var part in parts)
            total += part;
        return total;
    }

    private static void Grow<T>(ref T[] values, int length)
    {
        if (values.Length < length)
            Array.Resize(ref values, Math.Max(length, values.Length * 2));
    }
}
