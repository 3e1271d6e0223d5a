using Npgsql;
using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Scanning;

/// <summary>Reads the breakdown values of sessions.</summary>
internal sealed class BreakdownTexts
{
    private readonly Column<int>? column;
    private readonly List<string> texts = [];
    private readonly DictionaryLookup indexes;

    /// <summary>Creates a reader of a column.</summary>
    /// <param name="column">The column; null without a breakdown, when all values are empty.</param>
    public BreakdownTexts(NpgsqlDataSource dataSource, string siteId, Column<int>? column)
    {
        this.column = column;
        indexes = new DictionaryLookup(SiteDictionary.Texts(dataSource, siteId), text =>
        {
            texts.Add(text);
            return texts.Count - 1;
        });
    }

    /// <summary>Reads the values of a chunk.</summary>
    /// <returns>The dictionary code of each session; null without a breakdown.</returns>
    public async Task<int[]?> ReadAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        if (column is null)
            return null;
        var numbers = chunk.Values(column);
        await indexes.LearnAsync(numbers, cancellationToken);
        return numbers;
    }

    /// <summary>Returns the text of a code that was read.</summary>
    public string Of(int number) => texts[indexes.Values[number]];
}
