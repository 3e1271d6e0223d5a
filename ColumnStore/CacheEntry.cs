namespace SessionPlatform.ColumnStore;

/// <summary>An entry of a <see cref="ByteBudgetCache"/>, of any kind, with its place in the order of use.</summary>
internal abstract class CacheEntry
{
    protected CacheEntry(long bytes)
    {
        Bytes = bytes;
        Node = new LinkedListNode<CacheEntry>(this);
    }

    public long Bytes { get; }

    public LinkedListNode<CacheEntry> Node { get; }

    /// <summary>Removes the entry to make room for another.</summary>
    public abstract void Evict();
}
