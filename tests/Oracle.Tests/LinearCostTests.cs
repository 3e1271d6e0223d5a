using System.Collections;
using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>The cost grows with the events and not with their square, however long a session is.</summary>
public sealed class LinearCostTests
{
    // Nothing settles here, so each event could have the whole session searched for an entry.
    [Fact]
    public void A_session_asks_for_the_rules_of_each_event_a_fixed_number_of_times() =>
        Assert.Equal(QuestionsFor(1000) * 2, QuestionsFor(2000), tolerance: 10);

    [Fact]
    public void A_session_of_200_000_events_is_one_of_many()
    {
        var kinds = new[] { "click", "pageview", "scroll", "custom" };
        var events = Enumerable.Range(0, 200_000).Select(number =>
            Event(number * 0.001, kinds[number % kinds.Length], "/a", referrer: "shop.example").With(e =>
                e.Event.Device = new Contracts.Common.V1.Device { Browser = "b" }));

        var session = Assert.Single(Sessions(new OracleRules { Midnight = true }, events));

        Assert.Equal(200_000, session.Events.Count);
        Assert.Equal(50_000, session.PageViews);
        var document = session.ToDocument();
        Assert.Equal(2000, document.Timeline.Count);
        Assert.Equal(2000, document.Session.Journey.Count);
    }

    [Fact]
    public void A_stream_of_100_000_sessions_is_walked_once() =>
        Assert.Equal(100_000, Sessions(Enumerable.Range(0, 100_000).Select(number => PageView(number * 31))).Count);

    private static double QuestionsFor(int events)
    {
        var domains = new Counted<string>(["brand.example"]);
        var goals = new Counted<OracleGoal>([new OracleGoal("purchase")]);
        var session = Assert.Single(Sessions(
            new OracleRules { Domains = domains, Goals = goals },
            Enumerable.Range(0, events).Select(number =>
                Event(number * 0.001, "click", referrer: "brand.example", key: ""))));
        Assert.Equal(events, session.Events.Count);
        return domains.Asked + goals.Asked;
    }

    private sealed class Counted<T>(IReadOnlyList<T> items) : IReadOnlyList<T>
    {
        public int Asked { get; private set; }

        public int Count => items.Count;

        public T this[int index] => items[index];

        public IEnumerator<T> GetEnumerator()
        {
            Asked++;
            return items.GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
