using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Documents;

namespace SessionPlatform.Funnel.Tests.Reports.Retention;

/// <summary>
/// Thousands of visitors, some with several devices, who come again and again; their sessions arrive in revisions, in
/// any order and partly twice, some are retracted in the end. And what is left of them.
/// </summary>
internal sealed class RandomActivity
{
    private static readonly string[] Kinds = ["pageview", "pageview", "click", "purchase", "custom"];
    private static readonly string[] Names = ["", "", "add", "buy"];
    private static readonly string[] Paths = ["/", "/a", "/a/b", "/cart"];
    private static readonly string[] Channels = ["Direct", "Direct", "Email", "Organic Search", "Paid Search"];

    private readonly Random random;
    private readonly string siteId;
    private readonly Dictionary<string, SessionDocument?> final = [];

    /// <param name="middle">Sessions start within 40 days of it.</param>
    public RandomActivity(int seed, string siteId, DateTime middle, int visitors)
    {
        random = new Random(seed);
        this.siteId = siteId;
        var facts = new List<SessionFact>();
        for (var visitor = 0; visitor < visitors; visitor++)
        {
            var first = middle.AddMinutes(random.Next(-40 * 1440, 40 * 1440));
            for (var number = random.Next(1, 7); number > 0; number--)
            {
                // Some come at the very same time with two devices.
                var start = random.Next(8) == 0
                    ? middle.AddHours(random.Next(-30, 30))
                    : first.AddMinutes(random.Next(20 * 1440)).AddTicks(10 * random.Next(60_000_000));
                facts.AddRange(Revisions($"visitor-{visitor}", number, start));
            }
        }

        facts.AddRange(facts.Where(_ => random.Next(8) == 0).ToList());
        Facts = [.. facts];
        random.Shuffle(Facts);
    }

    public SessionFact[] Facts { get; }

    public List<SessionDocument> Final => [.. final.Values.OfType<SessionDocument>()];

    public async Task ApplyAsync(Npgsql.NpgsqlDataSource dataSource, FakeSites sites)
    {
        var applier = new Replica(dataSource, sites).Applier;
        foreach (var batch in Facts.Select(Change.Of).Chunk(500))
            await applier.ApplyAsync(batch, CancellationToken.None);
    }

    private IEnumerable<SessionFact> Revisions(string visitorId, int number, DateTime startedAt)
    {
        var id = Sample.SessionId($"{siteId}/{visitorId}", number);
        var revisions = random.Next(1, 3);
        for (var revision = 1; revision <= revisions; revision++)
        {
            var document = Document(visitorId, id, startedAt, revision);
            var isRetracted = random.Next(12) == 0;
            final[id.ToString()] = isRetracted ? null : document;
            yield return isRetracted ? Sample.Retracted(document, revision) : Sample.Updated(document);
        }
    }

    private SessionDocument Document(string visitorId, Guid id, DateTime startedAt, int revision)
    {
        var at = startedAt;
        var timeline = new List<TimelineEvent>();
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            timeline.Add(Event(at));
            // Now and then long enough to last over several intervals; or no time at all.
            at = at.AddMinutes(random.Next(4) == 0 ? random.Next(600) : random.Next(3));
        }

        var document = Sample.Document(siteId, visitorId, id, startedAt, revision, [.. timeline]);
        var session = document.Session;
        session.EndedAt = timeline[^1].At;
        session.IsNew = random.Next(3) == 0;
        session.Attribution = new Contracts.Sessions.V1.Attribution { Channel = Any(Channels) };
        if (random.Next(3) > 0)
            session.Attribution.Utm = new Utm { Source = Any(["news", "Ads"]), Campaign = Any(["", "spring"]) };
        if (random.Next(3) == 0)
            session.UserId = $"user-{random.Next(900)}";
        if (random.Next(30) == 0)
            session.Bot = "USER_AGENT";
        session.Geo = new Geo { Country = Any(["CH", "DE", ""]) };
        foreach (var currency in session.Conversions == 0 ? [] : new[] { "CHF", "EUR" }.Where(_ => random.Next(2) == 0))
        {
            var amount = $"{random.Next(-99, 9_999)}.{random.Next(10, 99)}";
            session.Revenue.Add(new Money { Currency = currency, Amount = amount });
        }

        return document;
    }

    private TimelineEvent Event(DateTime at)
    {
        var happened = Sample.Event(Any(Kinds), Any(Names), path: Any(Paths));
        happened.At = at.ToTimestamp();
        if (happened.Kind == "purchase")
            happened.ConversionTypes.Add(happened.Name.Length > 0 ? happened.Name : "purchase");
        if (random.Next(2) == 0)
            happened.Properties["size"] = Value.ForNumber(random.Next(5));
        return happened;
    }

    private string Any(string[] values) => values[random.Next(values.Length)];
}
