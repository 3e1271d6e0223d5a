using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Scanning;

/// <summary>
/// Computes the marks of the events of chunks, and caches them like a column, so that all reports on equal steps read
/// the timelines only once.
/// </summary>
internal sealed class ChunkMarks(ITimelineMarks marks, ColumnCache cache, string siteId, FunnelShape shape)
{
    private readonly bool keepsAll = shape.Order == FunnelShape.Kind.Strict;
    private readonly MarkColumns columns = new(
        $"{(shape.Order == FunnelShape.Kind.Strict ? "all" : "marked")} {marks.Name}");

    private readonly Dictionary<PlannedChunk, PackedMarks> found = [];

    /// <summary>Returns the columns to read of a chunk; none when its marks are cached.</summary>
    public IEnumerable<Column> ColumnsOf(PlannedChunk chunk)
    {
        if (marks.AreOfAsked || Find(chunk) is not { } packed)
            return [FactColumns.TimelineOffset, .. marks.Columns];
        found[chunk] = packed;
        return [];
    }

    /// <summary>Returns the marks of a chunk, from the cache or computed.</summary>
    /// <param name="connection">A connection with the snapshot of the report.</param>
    /// <param name="chunk">The chunk, with the columns of <see cref="ColumnsOf"/>.</param>
    /// <param name="asked">For each session, whether it is requested; others may have marks or not.</param>
    public async Task<PackedMarks> ReadAsync(
        NpgsqlConnection connection, Chunk chunk, bool[] asked, CancellationToken cancellationToken)
    {
        if (found.Remove(chunk.Planned, out var known))
            return known;
        var of = asked;
        if (!marks.AreOfAsked)
        {
            of = new bool[asked.Length];
            Array.Fill(of, true);
        }

        var marked = await marks.MarkAsync(connection, chunk, of, cancellationToken);
        var packed = PackedMarks.Of(chunk, columns, marked, of, keepsAll, shape.Count);
        if (marks.AreOfAsked)
            return packed;
        cache.Add(siteId, chunk.Planned, columns.Counts, packed.Counts);
        cache.Add(siteId, chunk.Planned, columns.Offsets, packed.Offsets);
        cache.Add(siteId, chunk.Planned, columns.Marks, packed.Marks);
        return packed;
    }

    private PackedMarks? Find(PlannedChunk chunk) =>
        cache.Find(siteId, chunk, columns.Counts) is { } counts
        && cache.Find(siteId, chunk, columns.Offsets) is { } offsets
        && cache.Find(siteId, chunk, columns.Marks) is { } packed
            ? new PackedMarks(counts, offsets, packed, shape.Count)
            : null;
}
