namespace SessionPlatform.ColumnStore;

/// <summary>
/// What a kind of entries of a <see cref="ByteBudgetCache"/> reports about itself. Counters count from its start.
/// </summary>
public interface ICachePartition
{
    /// <summary>The name of the kind.</summary>
    string Name { get; }

    /// <summary>Bytes that entries of the kind take.</summary>
    long Bytes { get; }

    /// <summary>Lookups that found an entry.</summary>
    long Hits { get; }

    /// <summary>Lookups that found none.</summary>
    long Misses { get; }

    /// <summary>Entries that were removed to make room for others, of this or another kind.</summary>
    long Evictions { get; }
}
