using System.Runtime.InteropServices;

namespace SessionPlatform.ColumnStore;

/// <summary>
/// Collects the distinct strings of the columns of a chunk, so that each is looked up in the dictionary once. Until
/// then a string is identified by a local code: its place among the distinct strings.
/// </summary>
internal sealed class DictionaryBuilder(IStringDictionary dictionary)
{
    private readonly Dictionary<string, int> localCodes = new(StringComparer.Ordinal) { [""] = 0 };
    private int[] codes = [];

    /// <summary>Returns the local code of a string; a new string gets the next one.</summary>
    public int Add(string text)
    {
        ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(localCodes, text, out var exists);
        if (!exists)
            code = localCodes.Count - 1;
        return code;
    }

    /// <summary>Looks all strings up in the dictionary; no string is added later.</summary>
    public async Task EncodeAsync(CancellationToken cancellationToken)
    {
        string[] distinct = [.. localCodes.OrderBy(text => text.Value).Select(text => text.Key).Skip(1)];
        codes = distinct.Length == 0 ? [0] : [0, .. await dictionary.EncodeAsync(distinct, cancellationToken)];
    }

    /// <summary>Returns the dictionary's code of a local code; valid after <see cref="EncodeAsync"/>.</summary>
    public int CodeOf(int localCode) => codes[localCode];
}
