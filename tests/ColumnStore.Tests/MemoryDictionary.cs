namespace SessionPlatform.ColumnStore.Tests;

/// <summary>A dictionary in memory that counts what it is asked for.</summary>
internal sealed class MemoryDictionary : IStringDictionary
{
    private readonly List<string> strings = [""];

    public List<string> Encoded { get; } = [];

    public List<int> Decoded { get; } = [];

    public string this[int code] => strings[code];

    public Task<int[]> EncodeAsync(string[] strings, CancellationToken cancellationToken)
    {
        Encoded.AddRange(strings);
        return Task.FromResult(Array.ConvertAll(strings, CodeOf));
    }

    public Task<Dictionary<int, string>> DecodeAsync(
        IReadOnlyCollection<int> codes, CancellationToken cancellationToken)
    {
        Decoded.AddRange(codes);
        return Task.FromResult(codes.ToDictionary(code => code, code => strings[code]));
    }

    private int CodeOf(string text)
    {
        if (!strings.Contains(text))
            strings.Add(text);
        return strings.IndexOf(text);
    }
}
