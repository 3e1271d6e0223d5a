using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SessionPlatform.Ingestion.UserAgents;

/// <summary>A user agent that is being matched, with the time at which that started.</summary>
/// <param name="Text">The text as sent.</param>
/// <param name="Lower">The text in lower case, in which literals are searched for.</param>
/// <param name="Started">Timestamp of the start.</param>
internal readonly record struct UserAgentText(string Text, string Lower, long Started)
{
    /// <summary>
    /// Timeout of all patterns together. Only a text that makes many of them slow, and none too slow, comes near it.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    public static UserAgentText Of(string userAgent) =>
        new(userAgent, userAgent.ToLowerInvariant(), Stopwatch.GetTimestamp());

    /// <summary>Checks the total time before another pattern is tried.</summary>
    /// <exception cref="RegexMatchTimeoutException">The total time exceeds <see cref="Limit"/>.</exception>
    public void CheckTime(string pattern)
    {
        if (Stopwatch.GetElapsedTime(Started) > Limit)
            throw new RegexMatchTimeoutException(Text, pattern, Limit);
    }
}
