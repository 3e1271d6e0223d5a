using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

/// <summary>
/// Sessions of many visitors with all that reports look at, in all their revisions, retractions and returns included,
/// in any order, some twice; and what is left of them in the end.
/// </summary>
internal sealed class RandomVisits
{
    private static readonly string[] Paths =
        ["/", "/a", "/b", "/B", "/cart", "/cart/ü\"\\,{x}", "/checkout", "/über", "/ÜBER", "/100%_a"];

    private static readonly string[] Categories = ["", "", "home", "product", "cart"];
    private static readonly string[] Kinds = ["click", "custom", "purchase", "scroll", "search"];
    private static readonly string[] Names = ["", "", "add", "Add", "buy"];
    private static readonly string[] Types = ["purchase", "signup", "Größe"];

    private readonly Random random;
    private readonly string siteId;
    private readonly DateTime middle;
    private readonly Dictionary<string, (int Revision, SessionDocument? Document)> final = [];

    /// <param name="middle">Sessions start within 40 days of it.</param>
    public RandomVisits(Random random, string siteId, DateTime middle, int sessions)
    {
        this.random = random;
        this.siteId = siteId;
        this.middle = middle;
        var facts = new List<SessionFact>();
        for (var number = 0; number < sessions; number++)
            facts.AddRange(Revisions($"visitor-{random.Next(1 + (sessions / 2))}", number));
        facts.AddRange(facts.Where(_ => random.Next(8) == 0).ToList());
        Facts = [.. facts];
        random.Shuffle(Facts);
    }

    public SessionFact[] Facts { get; }

    public List<SessionDocument> Final =>
        [.. final.Values.Select(entry => entry.Document).OfType<SessionDocument>()];

    private IEnumerable<SessionFact> Revisions(string visitorId, int number)
    {
        var id = Sample.SessionId($"{siteId}/{visitorId}", number);
        // Close to the middle more often: there are the days on which clocks change.
        var minutes = random.Next(3) == 0 ? random.Next(-40 * 1440, 40 * 1440) : random.Next(-2 * 1440, 2 * 1440);
        var startedAt = middle.AddMinutes(minutes).AddTicks(10 * random.Next(60_000_000));
        if (random.Next(20) == 0)
            startedAt = middle.AddHours(random.Next(-30, 30));
        var revisions = random.Next(1, 4);
        for (var revision = 1; revision <= revisions; revision++)
        {
            var session = Session(visitorId, id, startedAt, revision);
            var document = new SessionDocument { Session = session, Timeline = { Timeline() } };
            session.Events = document.Timeline.Count + session.PageViews;
            session.Conversions = document.Timeline.Count(happened => happened.ConversionTypes.Count > 0);
            session.Converted = session.Conversions > 0;
            var isRetracted = random.Next(10) == 0;
            final[id.ToString()] = (revision, isRetracted ? null : document);
            yield return isRetracted ? Sample.Retracted(document, revision) : Sample.Updated(document);
        }
    }

    private Session Session(string visitorId, Guid id, DateTime startedAt, int revision)
    {
        var session = new Session
        {
            SessionId = id.ToString(),
            SiteId = siteId,
            VisitorId = visitorId,
            Revision = revision,
            StartedAt = startedAt.ToTimestamp(),
            Bounced = Chance(3),
            Engaged = Chance(2),
            IsNew = Chance(2),
            Closed = Chance(2),
            StartReason = (Session.Types.BoundaryReason)random.Next(1, 9),
            Attribution = Attribution(),
        };
        // The borders of what is short and long among them.
        long[] borders = [0, 0, 30_000_000, 29_999_999, 600_000_000, 600_000_001];
        var micros = Chance(3) ? Any(borders) : random.NextInt64(2_000_000_000);
        session.EndedAt = startedAt.AddTicks(10 * micros).ToTimestamp();
        if (micros > 0)
            session.Duration = Duration.FromTimeSpan(TimeSpan.FromTicks(10 * micros));
        if (Chance(3))
            session.UserId = $"user-{random.Next(40)}";
        if (Chance(40))
            session.Bot = "USER_AGENT";
        if (Chance(2))
        {
            session.Device = new Device
            {
                Type = Any("mobile", "desktop"), Browser = Any("", "Firefox"), Os = Any("", "x"),
            };
        }

        if (Chance(2))
            session.Geo = new Geo { Country = Any("CH", "IN"), Region = Any("", "ZH") };
        foreach (var currency in new[] { "CHF", "EUR" }.Where(_ => Chance(4)))
        {
            var amount = (random.Next(-100, 100_000) / 100m).ToString(CultureInfo.InvariantCulture);
            session.Revenue.Add(new Money { Currency = currency, Amount = amount });
        }

        AddJourney(session, startedAt);
        return session;
    }

    private void AddJourney(Session session, DateTime startedAt)
    {
        var isFast = Chance(50);
        var at = startedAt;
        var steps = isFast ? 25 : random.Next(6);
        for (var number = 0; number < steps; number++)
        {
            var step = new JourneyStep { Path = Any(Paths), Category = Any(Categories), At = at.ToTimestamp() };
            var time = TimeSpan.FromTicks(10 * random.Next(isFast ? 500_000 : 200_000_000));
            if (number < steps - 1 || Chance(2))
                step.TimeOnPage = Duration.FromTimeSpan(time);
            if (Chance(2))
                step.ScrollDepthPercent = random.Next(101);
            if (Chance(2))
                step.LoadTimeMs = random.Next(40_000) / 8.0;
            session.Journey.Add(step);
            at += time;
        }

        if (steps == 0)
            return;
        session.EntryPage = session.Journey[0].Path;
        session.ExitPage = session.Journey[^1].Path;
        session.PageViews = steps;
        // Page views beyond those of the journey.
        if (!Chance(10))
            return;
        session.PageViews += 3;
        session.ExitPage = Any(Paths);
    }

    private List<TimelineEvent> Timeline()
    {
        var timeline = new List<TimelineEvent>();
        for (var count = random.Next(5); count > 0; count--)
        {
            var happened = Sample.Event(Any(Kinds), Any(Names));
            happened.ConversionTypes.AddRange(Types.Where(_ => Chance(6)));
            timeline.Add(happened);
        }

        return timeline;
    }

    private Contracts.Sessions.V1.Attribution Attribution()
    {
        var attribution =
            new Contracts.Sessions.V1.Attribution { Channel = Any("Direct", "Organic Search", "Email") };
        if (Chance(2))
        {
            attribution.Utm = new Utm
            {
                Source = Any("News", "news", "ads"), Medium = Any("", "Mail"), Campaign = Any("", "Spring"),
                Term = Any("", "Shoes"), Content = Any("", "A"),
            };
        }

        if (Chance(2))
            attribution.ReferrerHost = Any("google.com", "bing.com");
        return attribution;
    }

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private T Any<T>(params T[] values) => values[random.Next(values.Length)];
}
