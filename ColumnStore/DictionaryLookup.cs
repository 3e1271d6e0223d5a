namespace SessionPlatform.ColumnStore;

/// <summary>
/// Maps dictionary codes to integers by a function of their strings. The function is called once for each distinct
/// string; afterwards a lookup is one access to an array.
/// </summary>
/// <param name="dictionary">The dictionary of the codes.</param>
/// <param name="valueOf">Returns the integer of a string, at least 0.</param>
public sealed class DictionaryLookup(IStringDictionary dictionary, Func<string, int> valueOf)
{
    private const int Unknown = -1;
    private const int Requested = -2;

    private int[] values = [];

    /// <summary>The integers by code; valid for codes that <see cref="LearnAsync"/> was called with.</summary>
    public ReadOnlySpan<int> Values => values;

    /// <summary>Computes the integers of codes that are not known yet.</summary>
    public async Task LearnAsync(int[] codes, CancellationToken cancellationToken)
    {
        var unknown = TakeUnknown(codes);
        if (unknown.Count == 0)
            return;
        var strings = await dictionary.DecodeAsync(unknown, cancellationToken);
        // In ascending order, so that a function that numbers strings as they come gives the same result every time.
        foreach (var code in unknown.Order())
            values[code] = valueOf(strings[code]);
    }

    private List<int> TakeUnknown(int[] codes)
    {
        var unknown = new List<int>();
        foreach (var code in codes)
        {
            if (code >= values.Length)
            {
                var known = values.Length;
                Array.Resize(ref values, Math.Max(code + 1, 2 * known));
                values.AsSpan(known).Fill(Unknown);
            }

            if (values[code] != Unknown)
                continue;
            values[code] = Requested;
            unknown.Add(code);
        }

        return unknown;
    }
}
