using System.Collections.Concurrent;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// Remembers what user agents tell: sites meet the same few thousand again and again. Bounded: of two generations the
/// younger fills up, then the older is forgotten and the younger takes its place, so that what is met often stays and
/// a flood of invented ones costs memory for no more than the bound. Reading takes no lock and allocates nothing.
/// </summary>
/// <param name="parse">What to ask of those not met; may be asked twice for one that two threads meet at once.</param>
/// <param name="capacity">Most that are remembered.</param>
internal sealed class UserAgentCache(Func<string, UserAgentFacts> parse, int capacity)
{
    private readonly int perGeneration = Math.Max(1, capacity / 2);
    private Generation older = new();
    private Generation younger = new();

    /// <summary>Of a service without the data: every user agent is unknown.</summary>
    public static UserAgentCache Unknowing { get; } = new(_ => UserAgentFacts.None, 0) { IsUnknowing = true };

    /// <summary>Whether nothing is known, for want of data.</summary>
    public bool IsUnknowing { get; private init; }

    /// <summary>How many are remembered.</summary>
    public int Count => older.Count + younger.Count;

    /// <summary>What it tells, if that is remembered; null otherwise.</summary>
    public UserAgentFacts? Find(string userAgent)
    {
        if (IsUnknowing)
            return UserAgentFacts.None;
        if (younger.Facts.TryGetValue(userAgent, out var facts))
            return facts;
        if (older.Facts.TryGetValue(userAgent, out facts))
            Remember(userAgent, facts);
        return facts;
    }

    /// <summary>What it tells; asked for when it is not remembered, and remembered then.</summary>
    public UserAgentFacts Of(string userAgent)
    {
        if (Find(userAgent) is { } known)
            return known;
        var facts = parse(userAgent);
        Remember(userAgent, facts);
        return facts;
    }

    private void Remember(string userAgent, UserAgentFacts facts)
    {
        var generation = younger;
        if (!generation.Facts.TryAdd(userAgent, facts) || Interlocked.Increment(ref generation.Count) < perGeneration)
            return;
        // By the one that fills it. Those that still write into a generation that is full go over the bound by one
        // each.
        if (Interlocked.CompareExchange(ref younger, new Generation(), generation) == generation)
            older = generation;
    }

    private sealed class Generation
    {
        // Counted apart: the dictionary's own count takes all of its locks.
        public int Count;

        public ConcurrentDictionary<string, UserAgentFacts> Facts { get; } = new(StringComparer.Ordinal);
    }
}
