namespace SessionPlatform.ColumnStore;

/// <summary>A dictionary-encoded column of strings that is being built.</summary>
public sealed class DictionaryColumn
{
    private readonly DictionaryBuilder dictionary;
    private readonly List<int> localCodes = [];

    internal DictionaryColumn(DictionaryBuilder dictionary) => this.dictionary = dictionary;

    /// <summary>Appends a string; null counts as empty.</summary>
    public void Add(string? text) => localCodes.Add(dictionary.Add(text ?? ""));

    internal int[] ToCodes()
    {
        var codes = localCodes.ToArray();
        foreach (ref var code in codes.AsSpan())
            code = dictionary.CodeOf(code);
        return codes;
    }
}
