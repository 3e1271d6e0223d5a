namespace SessionPlatform.Funnel.Retention;

/// <summary>The first interval of persons.</summary>
internal sealed class FirstIntervals
{
    private int[] firsts = [];

    /// <summary>What they take.</summary>
    public long Bytes => (long)firsts.Length * sizeof(int);

    /// <summary>The same, to be added to.</summary>
    public FirstIntervals Copy() => new() { firsts = [.. firsts] };

    public void Add(int person, int interval)
    {
        if (person >= firsts.Length)
        {
            var before = firsts.Length;
            Array.Resize(ref firsts, Math.Max(person + 1, 2 * before));
            firsts.AsSpan(before).Fill(int.MaxValue);
        }

        firsts[person] = Math.Min(firsts[person], interval);
    }

    /// <param name="person">One that was added.</param>
    public int Of(int person) => firsts[person];
}
