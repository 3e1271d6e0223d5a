using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Tests.Reports.Journeys;

/// <summary>
/// Thousands of visitors' sessions with their page views, in revisions that come in any order and partly twice, some
/// retracted in the end; and what is left of them.
/// </summary>
internal sealed class RandomVisits
{
    private static readonly string[] Pages =
        ["/", "/a", "/A", "/b", "/p/1", "/p/2", "/p/3/more", "/cart", "/checkout", "/thank-you", "/köln", ""];

    private static readonly string?[] Devices = ["mobile", "desktop", "tablet", "", null];

    private readonly Random random;
    private readonly Dictionary<Guid, SessionDocument?> final = [];

    public RandomVisits(int seed, string siteId, int visitors)
    {
        random = new Random(seed);
        var facts = new List<SessionFact>();
        for (var visitor = 0; visitor < visitors; visitor++)
        {
            var sessions = random.Next(1, 5);
            for (var number = 0; number < sessions; number++)
                facts.AddRange(Revisions(siteId, $"visitor-{visitor}", number));
        }

        facts.AddRange(facts.Where(_ => random.Next(10) == 0).ToList());
        Facts = [.. facts];
        random.Shuffle(Facts);
    }

    public SessionFact[] Facts { get; }

    public IEnumerable<SessionDocument> Final => final.Values.OfType<SessionDocument>();

    private IEnumerable<SessionFact> Revisions(string siteId, string visitorId, int number)
    {
        var id = Sample.SessionId($"{siteId}/{visitorId}", number);
        var startedAt = Sample.Noon.AddMinutes(random.Next(-3 * 1440, 3 * 1440)).AddTicks(10 * random.Next(1_000_000));
        var revisions = random.Next(1, 4);
        for (var revision = 1; revision <= revisions; revision++)
        {
            var document = Sample.Document(siteId, visitorId, id, startedAt, revision, Timeline());
            Describe(document);
            var isRetracted = random.Next(8) == 0;
            final[id] = isRetracted ? null : document;
            yield return isRetracted ? Sample.Retracted(document, revision) : Sample.Updated(document);
        }
    }

    // Few pages make many equal paths, and views of one page in a row.
    private TimelineEvent[] Timeline() => [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(10) switch
    {
        0 => Sample.Event("purchase"),
        1 => Sample.Event("click"),
        _ => Sample.Page(Pages[random.Next(Pages.Length)]),
    })];

    private void Describe(SessionDocument document)
    {
        var at = document.Session.StartedAt.ToDateTime();
        foreach (var happened in document.Timeline)
        {
            happened.At = at.ToTimestamp();
            if (happened.Kind == "pageview")
                document.Session.Journey.Add(new JourneyStep { Path = happened.Path, At = happened.At });
            // Now and then two at one time.
            at = at.AddTicks(10 * random.Next(3) * random.Next(100_000_000));
        }

        document.Session.EndedAt = document.Timeline[^1].At;
        var device = Devices[random.Next(Devices.Length)];
        if (device is not null)
            document.Session.Device = new Device { Type = device };
        // Many share a device, and some have several.
        if (random.Next(4) == 0)
            document.Session.UserId = $"user-{random.Next(400)}";
        if (random.Next(20) == 0)
            document.Session.Bot = "USER_AGENT";
    }
}
