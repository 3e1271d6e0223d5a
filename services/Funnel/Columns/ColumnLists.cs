using System.Runtime.InteropServices;
using Npgsql;

namespace SessionPlatform.Funnel.Columns;

/// <summary>Columns that are being made, value by value; texts and visitors get their numbers in the end.</summary>
internal sealed class ColumnLists(NpgsqlDataSource dataSource, string siteId)
{
    private readonly Dictionary<Column, Func<Array>> columns = [];
    private readonly TextPool texts = new();
    private readonly TextPool visitors = new();

    /// <summary>Values as they are.</summary>
    public List<T> Values<T>(Column<T> column)
        where T : unmanaged
    {
        var values = new List<T>();
        columns.Add(column, values.ToArray);
        return values;
    }

    /// <summary>Texts, which will be numbers.</summary>
    public TextList Texts(Column<int> column) => Add(column, texts);

    /// <summary>Visitors, which will be numbers.</summary>
    public TextList Visitors(Column<int> column) => Add(column, visitors);

    /// <summary>All of them, packed.</summary>
    public async Task<Dictionary<Column, byte[]>> PackAsync(CancellationToken cancellationToken)
    {
        await texts.NumberAsync(Numbers.OfTexts, dataSource, siteId, cancellationToken);
        await visitors.NumberAsync(Numbers.OfVisitors, dataSource, siteId, cancellationToken);
        return columns.ToDictionary(column => column.Key, column => column.Key.Pack(column.Value()));
    }

    private TextList Add(Column<int> column, TextPool pool)
    {
        var list = new TextList(pool);
        columns.Add(column, list.ToNumbers);
        return list;
    }
}

/// <summary>The different texts of the columns of a chunk; the empty one has no number.</summary>
internal sealed class TextPool
{
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal) { [""] = 0 };
    private int[] numbers = [];

    public int PlaceOf(string text)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, text, out var exists);
        if (!exists)
            place = places.Count - 1;
        return place;
    }

    public async Task NumberAsync(
        Numbers all, NpgsqlDataSource dataSource, string siteId, CancellationToken cancellationToken)
    {
        string[] different = [.. places.OrderBy(text => text.Value).Select(text => text.Key).Skip(1)];
        numbers = different.Length == 0
            ? [0]
            : [0, .. await all.OfAsync(dataSource, siteId, different, cancellationToken)];
    }

    public int NumberOf(int place) => numbers[place];
}

/// <summary>A column of texts.</summary>
internal sealed class TextList(TextPool pool)
{
    private readonly List<int> places = [];

    public void Add(string? text) => places.Add(pool.PlaceOf(text ?? ""));

    public int[] ToNumbers()
    {
        var numbers = places.ToArray();
        foreach (ref var number in numbers.AsSpan())
            number = pool.NumberOf(number);
        return numbers;
    }
}
