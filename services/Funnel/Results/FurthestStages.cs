namespace SessionPlatform.Funnel.Results;

/// <summary>The furthest stage of each visitor, independent of the order of additions.</summary>
internal sealed class FurthestStages
{
    private const int StageBits = 5;
    private const uint StageMask = (1 << StageBits) - 1;

    // Indexed by the number of the visitor.
    private byte[] stages = new byte[1024];

    // Cached result of CountBy, until something is added.
    private long[]? counts;

    /// <summary>The memory that the stages take, in bytes.</summary>
    public int Bytes => stages.Length;

    /// <summary>Returns a copy that can be modified.</summary>
    public FurthestStages Copy() => new() { stages = [.. stages] };

    /// <summary>Packs a visitor and a stage into one number.</summary>
    /// <param name="visitor">The number of the visitor, below 2^27.</param>
    /// <param name="stage">The stage, 0–31.</param>
    /// <exception cref="OverflowException">One of the arguments is out of range.</exception>
    public static int Encode(int visitor, int stage)
    {
        if (stage is < 0 or > (int)StageMask)
            throw new OverflowException();
        return unchecked((int)(checked((uint)visitor * (StageMask + 1)) | (uint)stage));
    }

    /// <summary>Adds visitors and stages packed by <see cref="Encode"/>.</summary>
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

    /// <summary>Returns the number of visitors by furthest stage; those at stage 0 are not counted.</summary>
    /// <param name="stageCount">The number of stages including 0; equal in all calls.</param>
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
