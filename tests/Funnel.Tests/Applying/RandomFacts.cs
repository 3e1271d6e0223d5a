using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Tests.Applying;

/// <summary>
/// A few visitors' sessions in all their revisions, retractions and returns included, in any order, some twice, some
/// never; and what is left of them in the end.
/// </summary>
internal sealed class RandomFacts
{
    private static readonly string[] Categories =
        ["home", "category", "product", "cart", "checkout", "confirmation", ""];

    private readonly Random random;
    private readonly Dictionary<string, (int Revision, SessionDocument? Document)> final = [];

    public RandomFacts(Random random, string siteId, int sessions)
    {
        this.random = random;
        var facts = new List<SessionFact>();
        for (var number = 0; number < sessions; number++)
            facts.AddRange(Session(siteId, $"visitor-{random.Next(sessions / 3)}", number));
        facts.AddRange(facts.Where(_ => random.Next(4) == 0).ToList());
        Facts = [.. facts];
        random.Shuffle(Facts);
    }

    public SessionFact[] Facts { get; }

    public IEnumerable<SessionDocument> Final =>
        final.Values.Select(entry => entry.Document).OfType<SessionDocument>();

    public IEnumerable<SessionFact[]> Batches()
    {
        for (var start = 0; start < Facts.Length;)
        {
            var size = random.Next(1, 40);
            yield return Facts[start..Math.Min(start + size, Facts.Length)];
            start += size;
        }
    }

    private IEnumerable<SessionFact> Session(string siteId, string visitorId, int number)
    {
        var id = Sample.SessionId(visitorId, number);
        var startedAt = Sample.Noon.AddMinutes(random.Next(-4 * 1440, 4 * 1440)).AddTicks(10 * random.Next(1_000_000));
        var revisions = random.Next(1, 6);
        for (var revision = 1; revision <= revisions; revision++)
        {
            if (random.Next(5) == 0)
                continue;
            var document = Sample.Document(siteId, visitorId, id, startedAt, revision, Timeline());
            AddMoneyAndTime(document.Session);
            var isRetracted = random.Next(5) == 0;
            final[id.ToString()] = (revision, isRetracted ? null : document);
            yield return isRetracted ? Sample.Retracted(document, revision) : Sample.Updated(document);
        }
    }

    private TimelineEvent[] Timeline() => [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(12) == 0
        ? Sample.Event("purchase")
        : Sample.Page("/x", random.GetItems(Categories, 1)[0] is { Length: > 0 } category ? category : "home"))];

    private void AddMoneyAndTime(Session session)
    {
        if (session.Events > 1)
            session.Duration = Duration.FromTimeSpan(TimeSpan.FromTicks(10L * random.Next(int.MaxValue)));
        foreach (var currency in new[] { "CHF", "EUR" }.Where(_ => random.Next(3) == 0))
        {
            var amount = (random.Next(-100, 100_000) / 100m).ToString(CultureInfo.InvariantCulture);
            session.Revenue.Add(new Money { Currency = currency, Amount = amount });
        }
    }
}
