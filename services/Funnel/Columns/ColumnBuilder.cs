using Npgsql;

namespace SessionPlatform.Funnel.Columns;

/// <summary>Builds the columns of a chunk from the rows that are stored of its sessions.</summary>
internal sealed class ColumnBuilder(NpgsqlDataSource dataSource)
{
    /// <param name="connection">A connection in the snapshot in which the chunk was planned.</param>
    /// <returns>All columns of the family, encoded.</returns>
    public async Task<Dictionary<Column, byte[]>> BuildAsync(
        NpgsqlConnection connection,
        string siteId,
        PlannedChunk chunk,
        ColumnFamily family,
        CancellationToken cancellationToken)
    {
        var builder = new FactChunkBuilder(dataSource, siteId);
        await (family == FactColumns.TimelineFamily
            ? TimelineColumns.BuildAsync(connection, siteId, chunk, builder, cancellationToken)
            : SessionColumns.BuildAsync(connection, siteId, chunk, builder, cancellationToken));
        return await builder.EncodeAsync(cancellationToken);
    }
}
