using Npgsql;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Builds the columns of a chunk of one site: strings and visitors become codes of the site's dictionaries.
/// </summary>
internal sealed class FactChunkBuilder(NpgsqlDataSource dataSource, string siteId)
{
    private readonly ChunkBuilder builder = new();
    private readonly SiteDictionary texts = SiteDictionary.Texts(dataSource, siteId);
    private readonly SiteDictionary visitors = SiteDictionary.Visitors(dataSource, siteId);

    /// <summary>Adds a column of plain values.</summary>
    public List<T> Values<T>(Column<T> column)
        where T : unmanaged => builder.Add(column);

    /// <summary>Adds a column of strings.</summary>
    public DictionaryColumn Texts(Column<int> column) => builder.Add(column, texts);

    /// <summary>Adds a column of visitor ids.</summary>
    public DictionaryColumn Visitors(Column<int> column) => builder.Add(column, visitors);

    /// <summary>Encodes all columns.</summary>
    public Task<Dictionary<Column, byte[]>> EncodeAsync(CancellationToken cancellationToken) =>
        builder.EncodeAsync(cancellationToken);
}
