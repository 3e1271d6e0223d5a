using Npgsql;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// The materialized columns of facts. Columns that are missing are built from the facts in the report's snapshot, and
/// stored for the next report.
/// </summary>
internal sealed class FactColumnStore(ColumnTable table, ColumnCache cache, ColumnBuilder columnBuilder, TimeProvider time)
{
    /// <summary>
    /// Plans a scan of the sessions of a span, and builds the columns that are missing; afterwards all texts and
    /// visitors of the scan have their codes.
    /// </summary>
    /// <param name="connection">A connection in the report's snapshot.</param>
    /// <param name="columns">The columns that the report needs of every chunk.</param>
    /// <param name="moreOf">
    /// Returns the columns that it also needs of one chunk; <see cref="FactColumns.StartedAt"/> is always read of
    /// chunks that the span cuts.
    /// </param>
    public async Task<ColumnReader> PlanAsync(
        NpgsqlConnection connection,
        SiteConfiguration site,
        ReportSpan span,
        IEnumerable<Column> columns,
        Func<PlannedChunk, IEnumerable<Column>> moreOf,
        CancellationToken cancellationToken)
    {
        var planned = await ScanPlanner.ReadAsync(
            connection, site.SiteId, span, site.TimeZone, time.GetUtcNow().UtcDateTime, cancellationToken);
        Column[] always = [.. columns.Distinct()];
        var chunks = planned.ConvertAll(chunk => (Chunk: chunk, Columns: ColumnsOf(chunk)));
        var scan = new ColumnReader(connection, site.SiteId, chunks, this);
        await BuildMissingAsync(connection, site.SiteId, chunks, int.MaxValue, cancellationToken);
        return scan;

        Column[] ColumnsOf(PlannedChunk chunk)
        {
            var isCut = span.From > chunk.FirstHour || span.To < chunk.Before;
            return [.. always.Concat(moreOf(chunk)).Concat(isCut ? [FactColumns.StartedAt] : []).Distinct()];
        }
    }

    /// <summary>Builds the columns that are missing of some chunks.</summary>
    /// <param name="connection">A connection in the snapshot in which the chunks were planned.</param>
    /// <param name="max">The most column families of chunks to build; the others stay missing.</param>
    /// <returns>How many column families of chunks were built.</returns>
    public async Task<int> BuildMissingAsync(
        NpgsqlConnection connection,
        string siteId,
        IEnumerable<(PlannedChunk Chunk, Column[] Columns)> chunks,
        int max,
        CancellationToken cancellationToken)
    {
        var asked = chunks
            .SelectMany(chunk => chunk.Columns.Select(column => (chunk.Chunk, Column: column)))
            .Where(each => cache.Find(siteId, each.Chunk, each.Column) is null)
            .ToList();
        if (asked.Count == 0)
            return 0;
        var built = 0;
        var missing = await table.MissingAsync(siteId, asked, cancellationToken);
        foreach (var (chunk, family) in missing.Select(each => (each.Chunk, each.Column.Family)).Distinct().Take(max))
        {
            await BuildAsync(connection, siteId, chunk, family, cancellationToken);
            built++;
        }

        return built;
    }

    /// <summary>Reads the columns of some chunks.</summary>
    public async Task<List<Chunk>> ReadAsync(
        NpgsqlConnection connection,
        string siteId,
        IReadOnlyList<(PlannedChunk Chunk, Column[] Columns)> chunks,
        CancellationToken cancellationToken)
    {
        var found = chunks.ToDictionary(chunk => chunk.Chunk, _ => new Dictionary<Column, byte[]>());
        var asked = new List<(PlannedChunk Chunk, Column Column)>();
        foreach (var (chunk, columns) in chunks)
        {
            foreach (var column in columns)
            {
                if (cache.Find(siteId, chunk, column) is { } packed)
                    found[chunk][column] = packed;
                else
                    asked.Add((chunk, column));
            }
        }

        if (asked.Count > 0)
            await table.ReadAsync(siteId, asked, Keep, cancellationToken);
        // Another report may have replaced them by newer ones since they were planned.
        foreach (var (chunk, column) in asked.Where(each => !found[each.Chunk].ContainsKey(each.Column)))
        {
            if (found[chunk].ContainsKey(column))
                continue;
            foreach (var built in await BuildAsync(connection, siteId, chunk, column.Family, cancellationToken))
                Keep(chunk, built.Key, built.Value);
        }

        return [.. chunks.Select(chunk => new Chunk(chunk.Chunk, found[chunk.Chunk]))];

        void Keep(PlannedChunk chunk, Column column, byte[] packed)
        {
            cache.Add(siteId, chunk, column, packed);
            found[chunk][column] = packed;
        }
    }

    private async Task<Dictionary<Column, byte[]>> BuildAsync(
        NpgsqlConnection connection,
        string siteId,
        PlannedChunk chunk,
        ColumnFamily family,
        CancellationToken cancellationToken)
    {
        var built = await columnBuilder.BuildAsync(connection, siteId, chunk, family, cancellationToken);
        await table.WriteAsync(siteId, chunk, built, cancellationToken);
        return built;
    }
}
