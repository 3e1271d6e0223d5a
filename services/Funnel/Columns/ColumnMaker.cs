using Npgsql;

namespace SessionPlatform.Funnel.Columns;

/// <summary>Makes columns of what is stored of sessions.</summary>
internal sealed class ColumnMaker(NpgsqlDataSource dataSource)
{
    /// <param name="connection">With the snapshot in which the chunk was planned.</param>
    /// <returns>All columns of that family, packed.</returns>
    public async Task<Dictionary<Column, byte[]>> MakeAsync(
        NpgsqlConnection connection,
        string siteId,
        PlannedChunk chunk,
        ColumnFamily family,
        CancellationToken cancellationToken)
    {
        var builder = new FactChunkBuilder(dataSource, siteId);
        await (family == FactColumns.TimelineFamily
            ? TimelinePacker.PackAsync(connection, siteId, chunk, builder, cancellationToken)
            : FactPacker.PackAsync(connection, siteId, chunk, builder, cancellationToken));
        return await builder.EncodeAsync(cancellationToken);
    }
}
