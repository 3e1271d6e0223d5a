using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Funnel.Columns;

/// <summary>Keeps columns that were read lately in memory, up to <see cref="FunnelOptions.ColumnCacheMiB"/>.</summary>
internal sealed class ColumnCache(IOptions<FunnelOptions> options) : IDisposable
{
    private const int BytesPerMiB = 1024 * 1024;

    // About what an entry takes besides its values.
    private const int EntryBytes = 300;

    private readonly MemoryCache cache =
        new(new MemoryCacheOptions { SizeLimit = (long)options.Value.ColumnCacheMiB * BytesPerMiB });

    public Array? Find(string siteId, PlannedChunk chunk, Column column) =>
        cache.TryGetValue(new Key(siteId, column, chunk.FirstHour, chunk.LastHour, chunk.Changes), out Array? found)
            ? found
            : null;

    public void Add(string siteId, PlannedChunk chunk, Column column, Array values) => cache.Set(
        new Key(siteId, column, chunk.FirstHour, chunk.LastHour, chunk.Changes),
        values,
        new MemoryCacheEntryOptions { Size = ((long)values.Length * column.ValueBytes) + EntryBytes });

    public void Dispose() => cache.Dispose();

    private sealed record Key(string SiteId, Column Column, DateTime FirstHour, DateTime LastHour, long Changes);
}
