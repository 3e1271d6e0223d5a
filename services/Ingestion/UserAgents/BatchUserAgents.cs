namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// What the user agents of one request tell. Reading new ones may take a second for all of a request: hundreds of times
/// what honest ones take, and the most that texts made to be slow can hold up. The rest tell nothing, this time.
/// </summary>
internal sealed class BatchUserAgents(UserAgentCache cache, TimeProvider time)
{
    /// <summary>How long reading the new ones of a request may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private TimeSpan spent;

    /// <summary>Of a service without the data: every user agent is unknown.</summary>
    public static BatchUserAgents Unknowing { get; } = new(UserAgentCache.Unknowing, TimeProvider.System);

    /// <summary>What it tells.</summary>
    public UserAgentFacts Of(string userAgent)
    {
        if (cache.Find(userAgent) is { } known)
            return known;
        if (spent > Limit)
            return UserAgentFacts.None;
        var started = time.GetTimestamp();
        var read = cache.Of(userAgent);
        spent += time.GetElapsedTime(started);
        return read;
    }
}
