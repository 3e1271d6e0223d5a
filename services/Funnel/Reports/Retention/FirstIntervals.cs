namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>The first active interval of each person.</summary>
internal sealed class FirstIntervals
{
    private int[] firsts = [];

    /// <summary>The memory, in bytes.</summary>
    public long Bytes => (long)firsts.Length * sizeof(int);

    /// <summary>Returns a copy that can be modified.</summary>
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

    /// <summary>Returns the first interval of a person.</summary>
    /// <param name="person">A person that was added.</param>
    public int Of(int person) => firsts[person];
}
