using Npgsql;
using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.FunnelReports.Scanning;

/// <summary>The values that sessions have of a breakdown.</summary>
internal sealed class BreakdownTexts
{
    private readonly Column<int>? column;
    private readonly List<string> texts = [];
    private readonly DictionaryLookup indexes;

    /// <param name="column">Null: there is no breakdown, and all values are empty.</param>
    public BreakdownTexts(NpgsqlDataSource dataSource, string siteId, Column<int>? column)
    {
        this.column = column;
        indexes = new DictionaryLookup(SiteDictionary.Texts(dataSource, siteId), text =>
        {
            texts.Add(text);
            return texts.Count - 1;
        });
    }

    /// <summary>Reads those of a chunk.</summary>
    /// <returns>By session the number of its text; null: there is no breakdown.</returns>
    public async Task<int[]?> ReadAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        if (column is null)
            return null;
        var numbers = chunk.Values(column);
        await indexes.LearnAsync(numbers, cancellationToken);
        return numbers;
    }

    /// <summary>The text of a number that was read.</summary>
    public string Of(int number) => texts[indexes.Values[number]];
}
