using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Funnel.Reports.Metrics.Counting;

/// <summary>
/// By what sessions are counted: all of them together, by the values of a dimension, or by the ranks that these have in a
/// list. Keys are small numbers, from 0.
/// </summary>
internal sealed class Keying
{
    /// <summary>A value that is none.</summary>
    public const int None = -1;

    private const int Unseen = -2;

    private readonly List<int>? values;
    private int[] keys;

    private Keying(Dimension.Types.Name dimension, int[] keys, int count, List<int>? values)
    {
        (Dimension, this.keys, this.values) = (dimension, keys, values);
        Count = count;
    }

    /// <summary>Unspecified: sessions are counted as a whole.</summary>
    public Dimension.Types.Name Dimension { get; }

    /// <summary>How many keys there are, so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether each value has a key of its own.</summary>
    public bool IsByValue => values is not null;

    /// <summary>The numbers of the texts that the keys are of.</summary>
    public IReadOnlyList<int> Values => values ?? [];

    /// <summary>All sessions under the key 0.</summary>
    public static Keying Whole() => new(Contracts.Metrics.V1.Dimension.Types.Name.Unspecified, [], 1, null);

    /// <summary>Each value under a key of its own, in the order in which they come along.</summary>
    public static Keying ByValue(Dimension.Types.Name dimension) => new(dimension, [], 0, []);

    /// <summary>By rank, from 1; all other values under the key 0.</summary>
    /// <param name="numbers">Of the ranked texts.</param>
    public static Keying ByRank(Dimension.Types.Name dimension, IReadOnlyList<int> numbers)
    {
        var keys = new int[numbers.Count == 0 ? 0 : numbers.Max() + 1];
        for (var rank = 0; rank < numbers.Count; rank++)
            keys[numbers[rank]] = rank + 1;
        return new Keying(dimension, keys, numbers.Count + 1, null);
    }

    /// <summary>The key of a value, or <see cref="None"/>.</summary>
    public int Of(int value)
    {
        var key = (uint)value < (uint)keys.Length ? keys[value] : Unseen;
        return key >= 0 && value != 0 ? key : See(value);
    }

    private int See(int value)
    {
        // An event without a name has no value, not an empty one.
        if (value == 0 && Dimension == Contracts.Metrics.V1.Dimension.Types.Name.EventName)
            return None;
        if (value < keys.Length && keys[value] >= 0)
            return keys[value];
        if (values is null)
            return 0;
        if (value >= keys.Length)
        {
            var known = keys.Length;
            Array.Resize(ref keys, Math.Max(value + 1, known * 2));
            keys.AsSpan(known).Fill(Unseen);
        }

        values.Add(value);
        return keys[value] = Count++;
    }
}
