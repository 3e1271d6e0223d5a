namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>
/// Limits the parsing of uncached user agents to one second per request: hundreds of times what honest ones take, and
/// the most that texts made to be slow can cost. Beyond the limit the device fields of further events stay empty.
/// </summary>
internal sealed class BatchUserAgents(UserAgentCache cache, TimeProvider time)
{
    /// <summary>Maximum time for parsing the uncached user agents of one request.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private TimeSpan spent;

    /// <summary>Used when no user-agent data is installed.</summary>
    public static BatchUserAgents Empty { get; } = new(UserAgentCache.Empty, TimeProvider.System);

    /// <summary>Returns the parsed user agent; <see cref="UserAgentFacts.None"/> beyond the limit.</summary>
    public UserAgentFacts GetOrParse(string userAgent)
    {
        if (cache.Find(userAgent) is { } known)
            return known;
        if (spent > Limit)
            return UserAgentFacts.None;
        var start = time.GetTimestamp();
        var parsed = cache.GetOrParse(userAgent);
        spent += time.GetElapsedTime(start);
        return parsed;
    }
}
