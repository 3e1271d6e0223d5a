namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>Iterates over the pairs of a URL's query, in order and as written.</summary>
internal ref struct QueryPairs(ReadOnlySpan<char> query)
{
    private ReadOnlySpan<char> rest = query;

    /// <summary>The whole pair.</summary>
    public ReadOnlySpan<char> Pair { get; private set; }

    /// <summary>The text before the first "=".</summary>
    public ReadOnlySpan<char> Key { get; private set; }

    /// <summary>The text after the first "="; empty when there is none.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>Advances to the next pair that is not empty.</summary>
    public bool Next()
    {
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf('&');
            Pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (Pair.IsEmpty)
                continue;
            var equals = Pair.IndexOf('=');
            Key = equals < 0 ? Pair : Pair[..equals];
            Value = equals < 0 ? default : Pair[(equals + 1)..];
            return true;
        }
        return false;
    }

    /// <summary>Whether the decoded key equals a name.</summary>
    public readonly bool KeyIs(string name) =>
        Key.Contains('%') || Key.Contains('+')
            ? UrlText.Decode(Key, plusIsSpace: true) == name
            : Key.SequenceEqual(name);
}
