using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Tests;

/// <summary>Session documents to try things with.</summary>
internal static class Sample
{
    public static readonly DateTime Noon = new(2025, 7, 1, 12, 0, 0, DateTimeKind.Utc);

    public static TimelineEvent Page(string path, string category = "") =>
        new() { Kind = "pageview", Path = path, Category = category };

    public static TimelineEvent Event(string kind, string name = "", string category = "", string path = "") =>
        new() { Kind = kind, Name = name, Category = category, Path = path };

    /// <summary>The id of a visitor's n-th session.</summary>
    public static Guid SessionId(string visitorId, int number) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{visitorId}/{number}")).AsSpan(0, 16));

    public static SessionDocument Document(params TimelineEvent[] timeline) =>
        Document("shop", "v", SessionId("v", 0), Noon, 1, timeline);

    public static SessionDocument Document(
        string siteId,
        string visitorId,
        Guid sessionId,
        DateTime startedAt,
        int revision,
        params TimelineEvent[] timeline)
    {
        var pages = timeline.Count(happened => happened.Kind == "pageview");
        var conversions = timeline.Count(happened => happened.Kind is "purchase" or "conversion");
        return new SessionDocument
        {
            Session = new Session
            {
                SessionId = sessionId.ToString(),
                SiteId = siteId,
                VisitorId = visitorId,
                StartedAt = startedAt.ToTimestamp(),
                Revision = revision,
                PageViews = pages,
                Events = timeline.Length,
                Conversions = conversions,
                Converted = conversions > 0,
                Bounced = pages == 1 && conversions == 0,
                Engaged = pages > 1 || conversions > 0,
            },
            Timeline = { timeline },
        };
    }

    public static SessionFact Updated(SessionDocument document) =>
        new() { Updated = new SessionUpdated { Document = document } };

    public static SessionFact Retracted(SessionDocument document, int revision) => new()
    {
        Retracted = new SessionRetracted
        {
            SessionId = document.Session.SessionId,
            SiteId = document.Session.SiteId,
            VisitorId = document.Session.VisitorId,
            StartedAt = document.Session.StartedAt,
            Revision = revision,
        },
    };
}
