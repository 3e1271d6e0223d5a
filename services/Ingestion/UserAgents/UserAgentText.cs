using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>A user agent while patterns are tried on it, and for how long that goes on.</summary>
/// <param name="Text">As sent.</param>
/// <param name="Lower">In lower case, where literals are looked for.</param>
/// <param name="Started">When it began.</param>
internal readonly record struct UserAgentText(string Text, string Lower, long Started)
{
    /// <summary>All patterns together: only what makes many of them slow, and none too slow, comes near it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    public static UserAgentText Of(string userAgent) =>
        new(userAgent, userAgent.ToLowerInvariant(), Stopwatch.GetTimestamp());

    /// <summary>Before another pattern is tried.</summary>
    /// <exception cref="RegexMatchTimeoutException">It has taken too long already.</exception>
    public void CheckTime(string pattern)
    {
        if (Stopwatch.GetElapsedTime(Started) > Limit)
            throw new RegexMatchTimeoutException(Text, pattern, Limit);
    }
}
