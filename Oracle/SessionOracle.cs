using System.Security.Cryptography;
using System.Text;
using SessionPlatform.Contracts.Events.V1;
using Reason = SessionPlatform.Contracts.Sessions.V1.Session.Types.BoundaryReason;

namespace SessionPlatform.Oracle;

/// <summary>session-rules, read aloud: drop duplicates, sort each stream, walk it, describe each session.</summary>
/// <remarks>Each step passes over the events a fixed number of times, but for the sorting.</remarks>
public static class SessionOracle
{
    private const int JourneyKept = 2000;

    /// <summary>All sessions of the events, by rules that never changed.</summary>
    public static IReadOnlyList<OracleSession> Sessions(
        IEnumerable<OracleEvent> arrivals, OracleRules rules, long now = long.MaxValue) =>
        Sessions(arrivals, OracleTimeline.Of(rules), now);

    /// <summary>All sessions of the events, by site, stream and time.</summary>
    /// <param name="arrivals">In order of arrival: of duplicates the first wins. Several sites may be mixed. Whether a
    /// session is new can be told only of visitors all of whose events are here.</param>
    /// <param name="timeline">Of all these sites.</param>
    /// <param name="now">Decides which sessions are over; microseconds.</param>
    public static IReadOnlyList<OracleSession> Sessions(
        IEnumerable<OracleEvent> arrivals, OracleTimeline timeline, long now = long.MaxValue)
    {
        var stretches = arrivals
            .DistinctBy(e => (e.SiteId, e.StreamKey, e.Place.Id))
            .GroupBy(e => (e.SiteId, e.StreamKey))
            .OrderBy(stream => stream.Key.SiteId, StringComparer.Ordinal)
            .ThenBy(stream => stream.Key.StreamKey, StringComparer.Ordinal)
            .SelectMany(stream => StreamWalk.Walk(stream.OrderBy(e => e.Place), timeline))
            .ToList();
        var firstOfVisitors = stretches
            .GroupBy(stretch => (stretch.Events[0].SiteId, stretch.Events[0].VisitorId))
            .Select(visitor => visitor.MinBy(stretch => stretch.Events[0].Place))
            .ToHashSet();
        return [.. stretches.Select(stretch => Describe(stretch, firstOfVisitors.Contains(stretch), now))];
    }

    private static OracleSession Describe(Stretch stretch, bool isNew, long now)
    {
        var (rules, events, entry) = (stretch.Rules, stretch.Events, stretch.Entry);
        var (first, last) = (events[0], events[^1]);
        var journey = Journey(events);
        long? duration = events.Count == 1 ? null : last.OccurredAt - first.OccurredAt;
        var conversions = events.Count(rules.IsConversion);
        var over = now - Micros(rules.Timeout) > last.OccurredAt;
        var ended = rules.ExplicitBoundaries && stretch.HasSessionEnd;
        var cameFromOutside = entry is not null && rules.ExternalReferrer(entry).Length > 0;
        var source = entry ?? FirstUpToLanding(events, e => e.ClickIdKind.Length > 0)
            ?? FirstUpToLanding(events, e => e.ChannelByRule && e.Channel is not ("" or "Direct"));
        return new OracleSession
        {
            SessionId = IdOf(first),
            SiteId = first.SiteId,
            StreamKey = first.StreamKey,
            VisitorId = first.VisitorId,
            Events = events,
            Rules = rules,
            StartedAt = first.OccurredAt,
            EndedAt = last.OccurredAt,
            Duration = duration,
            PageViews = journey.Count,
            EntryPage = journey.Count == 0 ? null : journey[0].Path,
            ExitPage = journey.Count == 0 ? null : journey[^1].Path,
            Bounced = journey.Count == 1 && conversions == 0,
            Conversions = conversions,
            Engaged = duration >= Micros(rules.EngagedDuration) || journey.Count >= rules.EngagedPageViews
                || conversions > 0,
            IsNew = isNew,
            StartReason = stretch.Start,
            EndReason = stretch.NextStart ?? (ended ? Reason.Explicit : over ? Reason.Timeout : null),
            Over = over,
            Journey = [.. journey.Take(JourneyKept)],
            Revenue = RevenueOf(events),
            UserId = events.Select(e => e.Sent.UserId).LastOrDefault(user => user.Length > 0),
            Utm = entry?.Utm,
            Referrer = cameFromOutside ? entry!.Sent.Referrer : null,
            ReferrerHost = cameFromOutside ? entry!.ReferrerHost : null,
            ClickIdKind = source?.Accepted is { ClickIdKind: { Length: > 0 } kind } ? kind : null,
            Channel = first.Accepted is null ? ""
                : source?.Accepted is { Channel: { Length: > 0 } channel } ? channel
                : "Direct",
            Bot = events.FirstOrDefault(e => e.Accepted is { Bot: not "" })?.Accepted!.Bot,
        };
    }

    /// <summary>The earliest such event, to the first page view inclusive.</summary>
    private static OracleEvent? FirstUpToLanding(List<OracleEvent> events, Predicate<AcceptedEvent> isSuch)
    {
        var firstPageView = events.FindIndex(e => e.IsPageView);
        return events
            .Take(firstPageView < 0 ? events.Count : firstPageView + 1)
            .FirstOrDefault(e => e.Accepted is { } accepted && isSuch(accepted));
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
            var reported = events[at..until].Select(e => e.Sent.Engagement).OfType<Engagement>().ToList();
            var scrolled = reported.Where(each => each.HasScrollDepthPercent).Select(each => each.ScrollDepthPercent);
            var loaded = reported.Where(each => each.HasLoadTimeMs).Select(each => each.LoadTimeMs);
            return new OracleStep(
                view.Path, view.Sent.Title, view.Sent.PageCategory, view.OccurredAt, timeOnPage,
                scrolled.Max(depth => (double?)depth), loaded.Select(time => (double?)time).FirstOrDefault());
        })];
    }

    /// <summary>Sums by currency, of whatever events; they keep their digits.</summary>
    internal static IReadOnlyList<(string Currency, decimal Amount)> RevenueOf(IEnumerable<OracleEvent> events) =>
        [.. events
            .Select(e => e.Revenue)
            .OfType<(string Currency, decimal Amount)>()
            .GroupBy(money => money.Currency)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Sum(money => money.Amount)))];

    internal static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static Guid IdOf(OracleEvent first) => new(
        OracleEvent.Uuid8(SHA256.HashData(
            [.. Encoding.UTF8.GetBytes(first.SiteId), 0, .. Encoding.UTF8.GetBytes(first.StreamKey), 0, .. first.Id])),
        bigEndian: true);
}
