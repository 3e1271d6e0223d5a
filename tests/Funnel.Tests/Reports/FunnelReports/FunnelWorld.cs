using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Tests.Reports.FunnelReports;

/// <summary>
/// Sessions of many visitors with timelines to make funnels of, in all their revisions, retractions included, in any
/// order, some twice; and what is left of them in the end.
/// </summary>
internal sealed class FunnelWorld
{
    private static readonly string[] Paths = ["/", "/p/1", "/p/2", "/cart", "/pay", "/help"];

    private readonly Random random;
    private readonly string siteId;
    private readonly Dictionary<string, (int Revision, SessionDocument? Document)> final = [];

    public FunnelWorld(Random random, string siteId, int visitors)
    {
        this.random = random;
        this.siteId = siteId;
        var facts = new List<SessionFact>();
        for (var visitor = 0; visitor < visitors; visitor++)
        {
            for (var number = random.Next(1, 4); number > 0; number--)
                facts.AddRange(Revisions($"visitor-{visitor}", number));
        }

        facts.AddRange(facts.Where(_ => random.Next(8) == 0).ToList());
        Facts = [.. facts];
        random.Shuffle(Facts);
    }

    public SessionFact[] Facts { get; }

    public List<SessionDocument> Final => [.. final.Values.Select(entry => entry.Document).OfType<SessionDocument>()];

    private IEnumerable<SessionFact> Revisions(string visitorId, int number)
    {
        var id = Sample.SessionId($"{siteId}/{visitorId}", number);
        var startedAt = Sample.Noon.AddMinutes(random.Next(-20 * 1440, 20 * 1440));
        var revisions = random.Next(1, 4);
        for (var revision = 1; revision <= revisions; revision++)
        {
            var document = Document(visitorId, id, startedAt, revision);
            var isRetracted = random.Next(12) == 0;
            final[id.ToString()] = (revision, isRetracted ? null : document);
            yield return isRetracted ? Sample.Retracted(document, revision) : Sample.Updated(document);
        }
    }

    private SessionDocument Document(string visitorId, Guid id, DateTime startedAt, int revision)
    {
        var at = startedAt;
        var timeline = new List<TimelineEvent>();
        for (var count = random.Next(5); count >= 0; count--)
        {
            timeline.Add(Event(at));
            at = at.AddSeconds(random.Next(3) == 0 ? 0 : random.Next(1, 900));
        }

        var document = Sample.Document(siteId, visitorId, id, startedAt, revision, [.. timeline]);
        document.Session.EndedAt = timeline[^1].At;
        document.Session.Attribution =
            new Contracts.Sessions.V1.Attribution { Channel = Any("Direct", "Email", "Paid Search") };
        document.Session.Geo = new Geo { Country = Any("CH", "DE", "") };
        if (random.Next(3) == 0)
            document.Session.UserId = $"user-{random.Next(1500)}";
        if (random.Next(15) == 0)
            document.Session.Bot = "USER_AGENT";
        return document;
    }

    private TimelineEvent Event(DateTime at)
    {
        var happened = random.Next(3) == 0
            ? Sample.Event(Any("click", "purchase", "search"), Any("", "buy", "help"), path: Any(Paths))
            : Sample.Page(Any(Paths), Any("", "product", "Cart"));
        happened.At = at.ToTimestamp();
        if (random.Next(2) == 0)
            happened.Properties["price"] = Value.ForNumber(random.Next(4) * 10);
        if (random.Next(3) == 0)
            happened.Properties["plan"] = Value.ForString(Any("free", "Pro", "pro+"));
        return happened;
    }

    private T Any<T>(params T[] values) => values[random.Next(values.Length)];
}
