namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>The pairs of a URL's query, in its order, as they are written there.</summary>
internal ref struct QueryPairs(ReadOnlySpan<char> query)
{
    private ReadOnlySpan<char> rest = query;

    /// <summary>The whole pair.</summary>
    public ReadOnlySpan<char> Pair { get; private set; }

    /// <summary>What stands before the first "=".</summary>
    public ReadOnlySpan<char> Key { get; private set; }

    /// <summary>What stands behind the first "="; empty without one.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>Goes to the next pair that is not empty.</summary>
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

    /// <summary>Whether the key, decoded, is this one.</summary>
    public readonly bool KeyIs(string name) =>
        Key.Contains('%') || Key.Contains('+')
            ? UrlText.Decode(Key, plusIsSpace: true) == name
            : Key.SequenceEqual(name);
}
