using Npgsql;

namespace SessionPlatform.Funnel.Columns;

/// <summary>Makes columns of what is stored of sessions.</summary>
internal sealed class ColumnMaker(NpgsqlDataSource dataSource)
{
    /// <param name="connection">With the snapshot in which the chunk was planned.</param>
    /// <returns>All columns of that source, packed.</returns>
    public async Task<Dictionary<Column, byte[]>> MakeAsync(
        NpgsqlConnection connection,
        string siteId,
        PlannedChunk chunk,
        ColumnSource source,
        CancellationToken cancellationToken)
    {
        var lists = new ColumnLists(dataSource, siteId);
        await (source == ColumnSource.Facts
            ? FactPacker.PackAsync(connection, siteId, chunk, lists, cancellationToken)
            : TimelinePacker.PackAsync(connection, siteId, chunk, lists, cancellationToken));
        return await lists.PackAsync(cancellationToken);
    }
}
