namespace SessionPlatform.ColumnStore;

/// <summary>
/// Caches values of several kinds within one budget of bytes. Each kind has a <see cref="CachePartition{TKey,TValue}"/>
/// with keys of its own; when the budget is exceeded, the least recently used entries are evicted, of whatever kind.
/// </summary>
/// <param name="budget">The most bytes that all entries together take, by the sizes given for them.</param>
public sealed class ByteBudgetCache(long budget)
{
    // Most recently used first.
    private readonly LinkedList<CacheEntry> entries = new();
    private readonly List<ICachePartition> partitions = [];

    /// <summary>The most bytes that all entries together take.</summary>
    public long Budget { get; } = budget;

    /// <summary>Bytes that all entries take.</summary>
    public long Bytes { get; private set; }

    /// <summary>The kinds of entries there are now.</summary>
    public IReadOnlyList<ICachePartition> Partitions
    {
        get
        {
            lock (Gate)
                return [.. partitions];
        }
    }

    internal Lock Gate { get; } = new();

    /// <summary>Adds a kind of entries.</summary>
    /// <param name="name">The name of the kind in metrics.</param>
    public CachePartition<TKey, TValue> AddPartition<TKey, TValue>(string name)
        where TKey : notnull
        where TValue : class
    {
        var partition = new CachePartition<TKey, TValue>(this, name);
        lock (Gate)
            partitions.Add(partition);
        return partition;
    }

    // The following are called by partitions, which hold the gate.
    internal void Touch(CacheEntry entry)
    {
        entries.Remove(entry.Node);
        entries.AddFirst(entry.Node);
    }

    internal void Add(CacheEntry entry)
    {
        Bytes += entry.Bytes;
        entries.AddFirst(entry.Node);
        while (Bytes > Budget)
            entries.Last!.Value.Evict();
    }

    internal void Remove(CacheEntry entry)
    {
        Bytes -= entry.Bytes;
        entries.Remove(entry.Node);
    }
}
