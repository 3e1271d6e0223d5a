namespace SessionPlatform.ColumnStore;

/// <summary>Builds the encoded columns of a chunk value by value.</summary>
public sealed class ChunkBuilder
{
    private readonly Dictionary<Column, Func<Array>> columns = [];
    private readonly Dictionary<IStringDictionary, DictionaryBuilder> dictionaries = [];

    /// <summary>Adds a column; its values are to be appended to the list that is returned.</summary>
    public List<T> Add<T>(Column<T> column)
        where T : unmanaged
    {
        var values = new List<T>();
        columns.Add(column, values.ToArray);
        return values;
    }

    /// <summary>Adds a column of strings that is stored as codes of a dictionary.</summary>
    public DictionaryColumn Add(Column<int> column, IStringDictionary dictionary)
    {
        if (!dictionaries.TryGetValue(dictionary, out var builder))
            dictionaries[dictionary] = builder = new DictionaryBuilder(dictionary);
        var strings = new DictionaryColumn(builder);
        columns.Add(column, strings.ToCodes);
        return strings;
    }

    /// <summary>Looks the strings up in their dictionaries and encodes all columns.</summary>
    public async Task<Dictionary<Column, byte[]>> EncodeAsync(CancellationToken cancellationToken)
    {
        foreach (var builder in dictionaries.Values)
            await builder.EncodeAsync(cancellationToken);
        return columns.ToDictionary(column => column.Key, column => column.Key.Encode(column.Value()));
    }
}
