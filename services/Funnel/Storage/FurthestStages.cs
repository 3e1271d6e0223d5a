namespace SessionPlatform.Funnel.Storage;

/// <summary>The furthest stage of each visitor, whatever the order they come in.</summary>
internal sealed class FurthestStages
{
    private const int StageBits = 5;
    private const uint StageMask = (1 << StageBits) - 1;

    // By the visitor's number.
    private byte[] stages = new byte[1024];

    // Once somebody asked, until something is added.
    private long[]? counts;

    /// <summary>What they take.</summary>
    public int Bytes => stages.Length;

    /// <summary>The same, to be added to.</summary>
    public FurthestStages Copy() => new() { stages = [.. stages] };

    /// <summary>A visitor and a stage as one number.</summary>
    /// <param name="visitor">The visitor's number, below 2^27.</param>
    /// <param name="stage">0–31.</param>
    /// <exception cref="OverflowException">One of them is not.</exception>
    public static int Encode(int visitor, int stage)
    {
        if (stage is < 0 or > (int)StageMask)
            throw new OverflowException();
        return unchecked((int)(checked((uint)visitor * (StageMask + 1)) | (uint)stage));
    }

    /// <summary>Adds visitors at stages, as <see cref="Encode"/> writes them.</summary>
    public void Add(ReadOnlySpan<int> encoded)
    {
        foreach (var each in encoded)
            Add((int)((uint)each >> StageBits), (byte)((uint)each & StageMask));
    }

    /// <summary>Adds a visitor at a stage.</summary>
    public void Add(int visitor, byte stage)
    {
        if (visitor >= stages.Length)
            Array.Resize(ref stages, Math.Max(visitor + 1, 2 * stages.Length));
        if (stages[visitor] >= stage)
            return;
        stages[visitor] = stage;
        counts = null;
    }

    /// <summary>How many visitors got to each stage and no further; those at stage 0 are not counted.</summary>
    /// <param name="stageCount">The same at every call.</param>
    public IReadOnlyList<long> CountBy(int stageCount)
    {
        if (counts is { } known)
            return known;
        var counted = new long[stageCount];
        foreach (var stage in stages)
            counted[stage]++;
        counted[0] = 0;
        return counts = counted;
    }
}
