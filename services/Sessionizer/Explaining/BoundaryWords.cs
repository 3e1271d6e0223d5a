using System.Globalization;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Explaining;

/// <summary>What the rules say about the next event of a stream, in words and with the figures that decided.</summary>
internal static class BoundaryWords
{
    /// <summary>Why an event continues a session, or starts one after it.</summary>
    /// <param name="session">The session so far; null: the event is the first of its stream.</param>
    /// <param name="e">The event.</param>
    /// <param name="reason">What <see cref="SessionBoundary"/> found.</param>
    public static string Why(SessionAccumulator? session, AcceptedEvent e, BoundaryReason reason)
    {
        if (session is null)
            return "the first event of its stream";
        var rules = session.Rules;
        var gap = Span(e.OccurredAt - session.Last.OccurredAt);
        return reason switch
        {
            SessionBoundary.Continues => Continues(session, e, gap),
            BoundaryReason.Explicit when session.HasSessionEnd => "the session before holds a session_end",
            BoundaryReason.Explicit => "it is a session_start",
            BoundaryReason.Inactivity => $"{gap} after the event before; the timeout is {Span(rules.Timeout)}",
            BoundaryReason.MaxDuration =>
                $"{Span(e.OccurredAt - session.First.OccurredAt)} after the session's first event;"
                + $" the longest session is {Span(rules.MaxDuration)}",
            BoundaryReason.Midnight => "on another date than the event before, in the site's time zone",
            BoundaryReason.SessionKey => $"session key {e.Event.SessionKey}; the session's is {session.SessionKey}",
            BoundaryReason.Campaign =>
                $"campaign {Campaign(e.Utm)}; the session came by {Campaign(session.Entry.Utm)}",
            BoundaryReason.Referrer =>
                $"referrer {e.ReferrerHost}; the session came from {session.Entry.ReferrerHost}",
            _ => reason.ToString(),
        };
    }

    /// <summary>A span of microseconds, as people say it.</summary>
    public static string Span(long microseconds)
    {
        var span = TimeSpan.FromMicroseconds(microseconds);
        FormattableString words = span switch
        {
            { TotalSeconds: < 1 } => $"{span.TotalMilliseconds:0.###} ms",
            { TotalMinutes: < 2 } => $"{span.TotalSeconds:0.###} s",
            { TotalHours: < 2 } => $"{span.TotalMinutes:0.###} min",
            { TotalDays: < 2 } => $"{span.TotalHours:0.##} h",
            _ => $"{span.TotalDays:0.##} days",
        };
        return words.ToString(CultureInfo.InvariantCulture);
    }

    private static string Continues(SessionAccumulator session, AcceptedEvent e, string gap)
    {
        var rules = session.Rules;
        if (rules.IsAuthoritative)
            return "the same session key; the client decides";
        var words = $"{gap} after the event before, within the timeout of {Span(rules.Timeout)}";
        if (Campaigns.Of(e) is not null)
            words += "; its campaign is no reason";
        if (e.ReferrerHost.Length > 0)
        {
            words += rules.IsExternal(e.ReferrerHost, e.Host)
                ? $"; referrer {e.ReferrerHost} is no reason"
                : $"; referrer {e.ReferrerHost} is the site's own or ignored";
        }

        return words;
    }

    private static string Campaign(Contracts.Common.V1.Utm? utm) =>
        utm is null ? "none" : string.Join('/', new[] { utm.Source, utm.Medium, utm.Campaign }.Where(part => part.Length > 0));
}
