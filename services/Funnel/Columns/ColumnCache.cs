using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace SessionPlatform.Funnel.Columns;

/// <summary>Keeps columns that were read lately in memory, packed, up to <see cref="FunnelOptions.ColumnCacheMiB"/>.</summary>
internal sealed class ColumnCache(IOptions<FunnelOptions> options) : IDisposable
{
    private const int BytesPerMiB = 1024 * 1024;

    // About what an entry takes besides its values.
    private const int EntryBytes = 300;

    private readonly MemoryCache cache =
        new(new MemoryCacheOptions { SizeLimit = (long)options.Value.ColumnCacheMiB * BytesPerMiB });

    public byte[]? Find(string siteId, PlannedChunk chunk, Column column) =>
        cache.TryGetValue(new Key(siteId, column.Name, chunk.FirstHour, chunk.LastHour, chunk.Changes), out byte[]? found)
            ? found
            : null;

    public void Add(string siteId, PlannedChunk chunk, Column column, byte[] packed) => cache.Set(
        new Key(siteId, column.Name, chunk.FirstHour, chunk.LastHour, chunk.Changes),
        packed,
        new MemoryCacheEntryOptions { Size = packed.Length + EntryBytes });

    public void Dispose() => cache.Dispose();

    private sealed record Key(string SiteId, string Column, DateTime FirstHour, DateTime LastHour, long Changes);
}
