using System.Security.Cryptography;
using System.Text;
using Reason = SessionPlatform.Contracts.Sessions.V1.Session.Types.BoundaryReason;

namespace SessionPlatform.Oracle;

/// <summary>session-rules, read aloud: drop duplicates, sort each stream, walk it, describe each session.</summary>
public static class SessionOracle
{
    private const int JourneyKept = 2000;

    /// <summary>All sessions of the events, by site, visitor and time.</summary>
    /// <param name="arrivals">In order of arrival: of duplicates the first wins. Several sites may be mixed.</param>
    /// <param name="rules">Of all these sites.</param>
    /// <param name="now">Decides which sessions are over; microseconds.</param>
    public static IReadOnlyList<OracleSession> Sessions(
        IEnumerable<OracleEvent> arrivals, OracleRules rules, long now = long.MaxValue) =>
        [.. arrivals
            .DistinctBy(e => (e.SiteId, e.VisitorId, Convert.ToHexString(e.Id)))
            .GroupBy(e => (e.SiteId, e.VisitorId))
            .OrderBy(stream => stream.Key.SiteId, StringComparer.Ordinal)
            .ThenBy(stream => stream.Key.VisitorId, StringComparer.Ordinal)
            .SelectMany(stream => StreamSessions(Sorted(stream), rules, now))];

    private static List<OracleEvent> Sorted(IEnumerable<OracleEvent> stream) =>
        [.. stream
            .OrderBy(e => e.OccurredAt)
            .ThenBy(e => e.Sent.Sequence)
            .ThenBy(e => Convert.ToHexString(e.Id), StringComparer.Ordinal)];

    private static IEnumerable<OracleSession> StreamSessions(List<OracleEvent> stream, OracleRules rules, long now)
    {
        var cuts = new List<(Reason Reason, List<OracleEvent> Events)>();
        foreach (var e in stream)
        {
            var reason = cuts.Count == 0 ? Reason.FirstEvent : Boundary(cuts[^1].Events, e, rules);
            if (reason is { } start)
                cuts.Add((start, []));
            cuts[^1].Events.Add(e);
        }

        return cuts.Select((cut, index) => Describe(
            cut.Events, cut.Reason, index == cuts.Count - 1 ? null : cuts[index + 1].Reason, index == 0, rules, now));
    }

    /// <summary>Why <paramref name="e"/> does not continue the session; null when it does.</summary>
    private static Reason? Boundary(List<OracleEvent> session, OracleEvent e, OracleRules rules)
    {
        if (rules.ExplicitBoundaries
            && (session.Any(s => s.Sent.Kind == "session_end") || e.Sent.Kind == "session_start"))
            return Reason.Explicit;
        if (e.OccurredAt - session[^1].OccurredAt > Micros(rules.Timeout))
            return Reason.Inactivity;
        if (e.OccurredAt - session[0].OccurredAt > Micros(rules.MaxDuration))
            return Reason.MaxDuration;
        var key = FirstNonEmpty(session, s => s.Sent.SessionKey);
        if (rules.SessionKeyBoundaries && key is not null && e.Sent.SessionKey.Length > 0 && e.Sent.SessionKey != key)
            return Reason.SessionKey;

        // Before the first page view an absent entry value is not settled, and nothing can differ from it.
        var entry = Entry(session, rules);
        var settled = session.Any(s => s.IsPageView);
        if (e.Utm is not null && rules.Campaign switch
            {
                OracleCampaignPolicy.BothPresent => entry?.Utm is { } utm && e.Utm.DiffersFrom(utm),
                OracleCampaignPolicy.Any => entry?.Utm is { } utm ? e.Utm.DiffersFrom(utm) : settled,
                _ => false,
            })
            return Reason.Campaign;
        var entryHost = entry is null ? "" : rules.ExternalReferrer(entry);
        var host = rules.ExternalReferrer(e);
        if (rules.ReferrerBoundaries && entryHost.Length > 0 && host.Length > 0 && entryHost != host)
            return Reason.Referrer;
        return null;
    }

    /// <summary>The earliest event, to the first page view inclusive, with a UTM or an external referrer.</summary>
    private static OracleEvent? Entry(List<OracleEvent> session, OracleRules rules)
    {
        var firstPageView = session.FindIndex(e => e.IsPageView);
        return session
            .Take(firstPageView < 0 ? session.Count : firstPageView + 1)
            .FirstOrDefault(e => e.Utm is not null || rules.ExternalReferrer(e).Length > 0);
    }

    private static OracleSession Describe(
        List<OracleEvent> events, Reason start, Reason? nextStart, bool first, OracleRules rules, long now)
    {
        var journey = Journey(events);
        var duration = events[^1].OccurredAt - events[0].OccurredAt;
        var conversions = events.Count(e => e.IsConversion);
        var over = now - Micros(rules.Timeout) > events[^1].OccurredAt;
        var ended = rules.ExplicitBoundaries && events.Any(e => e.Sent.Kind == "session_end");
        var entry = Entry(events, rules);
        var externalEntry = entry is not null && rules.ExternalReferrer(entry).Length > 0;
        return new OracleSession
        {
            SessionId = IdOf(events[0]),
            SiteId = events[0].SiteId,
            VisitorId = events[0].VisitorId,
            Events = events,
            StartedAt = events[0].OccurredAt,
            EndedAt = events[^1].OccurredAt,
            Duration = events.Count == 1 ? null : duration,
            PageViews = journey.Count,
            EntryPage = journey.Count == 0 ? null : journey[0].Path,
            ExitPage = journey.Count == 0 ? null : journey[^1].Path,
            Bounced = journey.Count == 1 && conversions == 0,
            Conversions = conversions,
            Engaged = duration >= Micros(rules.EngagedDuration) || journey.Count >= rules.EngagedPageViews
                || conversions > 0,
            IsNew = first,
            StartReason = start,
            EndReason = nextStart ?? (ended ? Reason.Explicit : over ? Reason.Timeout : null),
            Over = over,
            Journey = [.. journey.Take(JourneyKept)],
            Revenue = RevenueOf(events),
            UserId = FirstNonEmpty(Enumerable.Reverse(events), e => e.Sent.UserId),
            Utm = entry?.Utm,
            Referrer = externalEntry ? entry!.Sent.Referrer : null,
            ReferrerHost = externalEntry ? entry!.ReferrerHost : null,
        };
    }

    private static List<OracleStep> Journey(List<OracleEvent> events)
    {
        var views = Enumerable.Range(0, events.Count).Where(at => events[at].IsPageView).ToList();
        return [.. views.Select((at, step) =>
        {
            var view = events[at];
            var last = step == views.Count - 1;
            var until = last ? events.Count : views[step + 1];
            long? timeOnPage = !last ? events[until].OccurredAt - view.OccurredAt
                : at == events.Count - 1 ? null
                : events[^1].OccurredAt - view.OccurredAt;
            var scroll = events[at..until]
                .Where(e => e.Sent.Engagement is { HasScrollDepthPercent: true })
                .Max(e => (double?)e.Sent.Engagement.ScrollDepthPercent);
            return new OracleStep(
                view.Path, view.Sent.Title, view.Sent.PageCategory, view.OccurredAt, timeOnPage, scroll);
        })];
    }

    /// <summary>Sums by currency, of whatever events.</summary>
    internal static IReadOnlyList<(string Currency, decimal Amount)> RevenueOf(IEnumerable<OracleEvent> events) =>
        [.. events
            .Select(e => e.Revenue)
            .OfType<(string Currency, decimal Amount)>()
            .GroupBy(money => money.Currency)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Sum(money => money.Amount)))];

    private static Guid IdOf(OracleEvent first) => new(
        OracleEvent.Uuid8(SHA256.HashData(
            [.. Encoding.UTF8.GetBytes(first.SiteId), 0, .. Encoding.UTF8.GetBytes(first.VisitorId), 0, .. first.Id])),
        bigEndian: true);

    private static string? FirstNonEmpty(IEnumerable<OracleEvent> events, Func<OracleEvent, string> field) =>
        events.Select(field).FirstOrDefault(value => value.Length > 0);

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
