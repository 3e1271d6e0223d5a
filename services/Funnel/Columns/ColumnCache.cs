namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Caches encoded columns of chunks that reports have read, in the budget of the <see cref="ReportCache"/>.
/// </summary>
internal sealed class ColumnCache(ReportCache cache)
{
    // About what an entry takes besides its values.
    private const int EntryBytes = 300;

    private readonly CachePartition<Key, byte[]> columns = cache.AddKind<Key, byte[]>("columns");

    /// <summary>Returns the column as it is with the chunk's changes; null when it is not cached.</summary>
    public byte[]? Find(string siteId, PlannedChunk chunk, Column column) =>
        columns.TryGet(KeyOf(siteId, chunk, column), out var encoded) ? encoded : null;

    public void Add(string siteId, PlannedChunk chunk, Column column, byte[] encoded) =>
        columns.Set(KeyOf(siteId, chunk, column), encoded, encoded.Length + EntryBytes);

    private static Key KeyOf(string siteId, PlannedChunk chunk, Column column) =>
        new(siteId, column.Name, chunk.FirstHour, chunk.LastHour, chunk.Changes);

    private sealed record Key(string SiteId, string Column, DateTime FirstHour, DateTime LastHour, long Changes);
}
