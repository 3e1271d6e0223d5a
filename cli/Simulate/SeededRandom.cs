namespace SessionPlatform.Cli.Simulate;

/// <summary>
/// A SplitMix64 generator: equal seeds give equal numbers on every machine and every version of .NET, which
/// <see cref="Random"/> does not promise.
/// </summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong state = seed;

    /// <summary>Creates an independent generator for a part, so that no part depends on another's draws.</summary>
    public static SeededRandom For(ulong seed, ulong part, ulong ordinal) =>
        new(Mix(Mix(Mix(seed) ^ part) ^ ordinal));

    public ulong NextBits() => Mix(state += 0x9E3779B97F4A7C15);

    /// <summary>Returns an integer from 0 to below <paramref name="bound"/>; its bias is negligible here.</summary>
    public int Below(int bound) => (int)(NextBits() % (uint)bound);

    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>Returns a number from 0 to below 1.</summary>
    public double Share() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Share() < probability;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>Picks one of the values with probabilities in proportion to the weights.</summary>
    public T Pick<T>(IReadOnlyList<T> from, Func<T, double> weight)
    {
        var left = Share() * from.Sum(weight);
        foreach (var each in from)
        {
            left -= weight(each);
            if (left < 0)
                return each;
        }

        return from[^1];
    }

    /// <summary>Returns a version-8 UUID.</summary>
    public string NextUuid()
    {
        Span<byte> id = stackalloc byte[16];
        BitConverter.TryWriteBytes(id, NextBits());
        BitConverter.TryWriteBytes(id[8..], NextBits());
        id[6] = (byte)(0x80 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true).ToString();
    }

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
