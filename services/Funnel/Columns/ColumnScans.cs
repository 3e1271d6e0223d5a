using Npgsql;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Plans to read facts by column; what no copy is there of is made from the facts in the report's snapshot, and kept for
/// the next report.
/// </summary>
internal sealed class ColumnScans(ColumnTable table, ColumnCache cache, ColumnMaker maker, TimeProvider time)
{
    /// <summary>A scan of the sessions of a span; all its texts and visitors have their numbers.</summary>
    /// <param name="connection">With the snapshot of the report.</param>
    /// <param name="columns">Those that the report needs of every chunk.</param>
    /// <param name="moreOf">
    /// Those that it needs of one chunk besides; of chunks that the span cuts <see cref="FactColumns.StartedAt"/> is read
    /// anyway.
    /// </param>
    public async Task<ColumnScan> PlanAsync(
        NpgsqlConnection connection,
        SiteConfiguration site,
        ReportSpan span,
        IEnumerable<Column> columns,
        Func<PlannedChunk, IEnumerable<Column>> moreOf,
        CancellationToken cancellationToken)
    {
        var planned = await ChunkPlan.ReadAsync(
            connection, site.SiteId, span, site.TimeZone, time.GetUtcNow().UtcDateTime, cancellationToken);
        Column[] always = [.. columns.Distinct()];
        var chunks = planned.ConvertAll(chunk => (Chunk: chunk, Columns: ColumnsOf(chunk)));
        var scan = new ColumnScan(connection, site.SiteId, chunks, this);
        await MakeMissingAsync(connection, site.SiteId, chunks, int.MaxValue, cancellationToken);
        return scan;

        Column[] ColumnsOf(PlannedChunk chunk)
        {
            var isCut = span.From > chunk.FirstHour || span.To < chunk.Before;
            return [.. always.Concat(moreOf(chunk)).Concat(isCut ? [FactColumns.StartedAt] : []).Distinct()];
        }
    }

    /// <summary>Makes what is missing of some chunks.</summary>
    /// <param name="connection">With the snapshot in which they were planned.</param>
    /// <param name="most">Of so many chunks and sources at most; what is left is still missing.</param>
    /// <returns>Of how many it was.</returns>
    public async Task<int> MakeMissingAsync(
        NpgsqlConnection connection,
        string siteId,
        IEnumerable<(PlannedChunk Chunk, Column[] Columns)> chunks,
        int most,
        CancellationToken cancellationToken)
    {
        var asked = chunks
            .SelectMany(chunk => chunk.Columns.Select(column => (chunk.Chunk, Column: column)))
            .Where(each => cache.Find(siteId, each.Chunk, each.Column) is null)
            .ToList();
        if (asked.Count == 0)
            return 0;
        var made = 0;
        var missing = await table.MissingAsync(siteId, asked, cancellationToken);
        foreach (var (chunk, family) in missing.Select(each => (each.Chunk, each.Column.Family)).Distinct().Take(most))
        {
            await MakeAsync(connection, siteId, chunk, family, cancellationToken);
            made++;
        }

        return made;
    }

    /// <summary>The columns of some chunks.</summary>
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
        // Others may have put newer ones in their place meanwhile.
        foreach (var (chunk, column) in asked.Where(each => !found[each.Chunk].ContainsKey(each.Column)))
        {
            if (found[chunk].ContainsKey(column))
                continue;
            foreach (var made in await MakeAsync(connection, siteId, chunk, column.Family, cancellationToken))
                Keep(chunk, made.Key, made.Value);
        }

        return [.. chunks.Select(chunk => new Chunk(chunk.Chunk, found[chunk.Chunk]))];

        void Keep(PlannedChunk chunk, Column column, byte[] packed)
        {
            cache.Add(siteId, chunk, column, packed);
            found[chunk][column] = packed;
        }
    }

    private async Task<Dictionary<Column, byte[]>> MakeAsync(
        NpgsqlConnection connection,
        string siteId,
        PlannedChunk chunk,
        ColumnFamily family,
        CancellationToken cancellationToken)
    {
        var made = await maker.MakeAsync(connection, siteId, chunk, family, cancellationToken);
        await table.WriteAsync(siteId, chunk, made, cancellationToken);
        return made;
    }
}
