using System.Diagnostics.CodeAnalysis;

namespace SessionPlatform.ColumnStore;

/// <summary>
/// The entries of one kind in a <see cref="ByteBudgetCache"/>. Its keys are its own: no entry of another kind is ever
/// returned. Thread-safe.
/// </summary>
public sealed class CachePartition<TKey, TValue> : ICachePartition
    where TKey : notnull
    where TValue : class
{
    private readonly ByteBudgetCache cache;
    private readonly Dictionary<TKey, Entry> entries = [];
    private long bytes;
    private long hits;
    private long misses;
    private long evictions;

    internal CachePartition(ByteBudgetCache cache, string name) => (this.cache, Name) = (cache, name);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <inheritdoc/>
    public long Hits => Interlocked.Read(ref hits);

    /// <inheritdoc/>
    public long Misses => Interlocked.Read(ref misses);

    /// <inheritdoc/>
    public long Evictions => Interlocked.Read(ref evictions);

    /// <summary>Looks an entry up, which makes it the most recently used one.</summary>
    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        lock (cache.Gate)
        {
            if (!entries.TryGetValue(key, out var entry))
            {
                misses++;
                value = null;
                return false;
            }

            hits++;
            cache.Touch(entry);
            value = entry.Value;
            return true;
        }
    }

    /// <summary>
    /// Adds an entry in place of the one that the key had before. An entry larger than the budget of the cache is not
    /// added.
    /// </summary>
    /// <param name="size">Bytes that the entry takes, key included; an estimate is enough.</param>
    public void Set(TKey key, TValue value, long size)
    {
        lock (cache.Gate)
        {
            if (entries.TryGetValue(key, out var before))
                Remove(before);
            if (size > cache.Budget)
                return;
            var entry = new Entry(this, key, value, size);
            entries.Add(key, entry);
            bytes += size;
            cache.Add(entry);
        }
    }

    private void Remove(Entry entry)
    {
        entries.Remove(entry.Key);
        bytes -= entry.Bytes;
        cache.Remove(entry);
    }

    private sealed class Entry(CachePartition<TKey, TValue> partition, TKey key, TValue value, long size)
        : CacheEntry(size)
    {
        public TKey Key => key;

        public TValue Value => value;

        public override void Evict()
        {
            partition.evictions++;
            partition.Remove(this);
        }
    }
}
