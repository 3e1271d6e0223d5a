using System.Collections.Concurrent;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// Caches parsed user agents, since sites see the same few thousand repeatedly. It is bounded by two generations: when
/// the younger is full, the older is evicted and the younger takes its place, so that frequent entries stay and a flood
/// of invented ones cannot exceed the capacity. A hit takes no lock and allocates nothing.
/// </summary>
/// <param name="parse">Parses a user agent on a miss; two threads may parse the same one at once.</param>
/// <param name="capacity">Maximum number of entries.</param>
internal sealed class UserAgentCache(Func<string, UserAgentFacts> parse, int capacity)
{
    private readonly int perGeneration = Math.Max(1, capacity / 2);
    private Generation older = new();
    private Generation younger = new();

    /// <summary>Used when no user-agent data is installed: every user agent is unknown.</summary>
    public static UserAgentCache Empty { get; } = new(_ => UserAgentFacts.None, 0) { IsEmpty = true };

    /// <summary>Whether no user-agent data is installed.</summary>
    public bool IsEmpty { get; private init; }

    /// <summary>Number of entries.</summary>
    public int Count => older.Count + younger.Count;

    /// <summary>Returns the cached user agent; null on a miss.</summary>
    public UserAgentFacts? Find(string userAgent)
    {
        if (IsEmpty)
            return UserAgentFacts.None;
        if (younger.Facts.TryGetValue(userAgent, out var facts))
            return facts;
        if (older.Facts.TryGetValue(userAgent, out facts))
            Add(userAgent, facts);
        return facts;
    }

    /// <summary>Returns the parsed user agent, parsing and caching it on a miss.</summary>
    public UserAgentFacts GetOrParse(string userAgent)
    {
        if (Find(userAgent) is { } known)
            return known;
        var facts = parse(userAgent);
        Add(userAgent, facts);
        return facts;
    }

    private void Add(string userAgent, UserAgentFacts facts)
    {
        var generation = younger;
        if (!generation.Facts.TryAdd(userAgent, facts) || Interlocked.Increment(ref generation.Count) < perGeneration)
            return;
        // Only the thread that fills the generation replaces it. Threads that still write to the full one exceed the
        // bound by one entry each.
        if (Interlocked.CompareExchange(ref younger, new Generation(), generation) == generation)
            older = generation;
    }

    private sealed class Generation
    {
        // Counted separately, since the Count of the dictionary takes all of its locks.
        public int Count;

        public ConcurrentDictionary<string, UserAgentFacts> Facts { get; } = new(StringComparer.Ordinal);
    }
}
