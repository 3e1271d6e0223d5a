using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Documents;
using static SessionPlatform.Funnel.Tests.Sample;

namespace SessionPlatform.Funnel.Tests.Applying;

public sealed class FactFinderTests
{
    [Fact]
    public void Absent_and_empty_are_the_same()
    {
        var document = Document(Event("click"));
        document.Session.Attribution = new Attribution { Channel = "Direct", Utm = new Utm { Source = "News" } };
        document.Session.Device = new Device { Browser = "" };

        var facts = Find(document);

        Assert.Equal(new("Direct", "news", null, null, null, null, null), facts.Source);
        Assert.Equal(ClientFacts.None, facts.Client);
        Assert.Null(facts.UserId);
        Assert.Null(facts.EntryPage);
        Assert.Null(facts.Revenue);
        Assert.Equal(JourneyFacts.None, facts.Journey);
    }

    [Fact]
    public void The_journey_is_kept_by_step_and_summed()
    {
        var document = Document();
        document.Session.Journey.AddRange(
        [
            new JourneyStep
            {
                Path = "/", At = Noon.ToTimestamp(), TimeOnPage = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)),
                ScrollDepthPercent = 40,
            },
            new JourneyStep { Path = "/a", Category = "c", At = Noon.AddSeconds(2).ToTimestamp(), LoadTimeMs = 0.5 },
        ]);

        var journey = Find(document).Journey;

        Assert.Equal(["/", "/a"], journey.Pages!);
        Assert.Equal(["", "c"], journey.Categories!);
        Assert.Equal([0, 2_000_000], journey.Offsets!);
        Assert.Equal([2_000_000, null], journey.TimesOnPage!);
        Assert.Equal([40, null], journey.ScrollDepths!);
        Assert.Equal([null, 0.5], journey.LoadTimes!);
        Assert.Equal((2_000_000, 1, 40, 1),
            (journey.TimeOnPage, journey.TimedPages, journey.ScrollDepth, journey.ScrolledPages));
    }

    [Fact]
    public void Events_are_counted_by_kind_and_name_and_conversions_by_type()
    {
        var purchase = Event("purchase", "order");
        purchase.ConversionTypes.AddRange(["order", "Goal"]);
        var facts = Find(Document(Page("/"), purchase, purchase.Clone(), Page("/a"), Event("click", "x"))).Timeline;

        Assert.Equal(["click", "pageview", "purchase"], facts.Kinds);
        Assert.Equal(["x", "", "order"], facts.Names);
        Assert.Equal([1, 2, 2], facts.Counts);
        Assert.Equal(["Goal", "order"], facts.ConversionTypes!);
        Assert.Equal([2, 2], facts.ConversionCounts!);
    }

    [Theory]
    [InlineData(20, 10_000, true)]
    [InlineData(20, 10_001, false)]
    [InlineData(19, 0, false)]
    [InlineData(40, 20_500, true)]
    public void Twenty_page_views_within_ten_seconds_are_a_bots(int views, int milliseconds, bool expected)
    {
        var document = Document();
        for (var number = 0; number < views; number++)
        {
            var at = Noon.AddMilliseconds((double)milliseconds * number / Math.Max(1, views - 1));
            document.Session.Journey.Add(new JourneyStep { Path = "/", At = at.ToTimestamp() });
        }

        Assert.Equal(expected, Find(document).IsBot);
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, null, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    public void A_mark_holds_over_what_was_found(bool found, bool? mark, bool expected)
    {
        var document = Document();
        if (found)
            document.Session.Bot = "USER_AGENT";
        var facts = Find(document, mark);
        Assert.Equal((found, expected), (facts.FoundBot, facts.IsBot));
    }

    [Fact]
    public void Revenue_is_a_number_by_currency()
    {
        var document = Document();
        document.Session.Revenue.Add(new Money { Currency = "EUR", Amount = "-5.50" });
        document.Session.Revenue.Add(new Money { Currency = "CHF", Amount = "19.90" });
        Assert.Equal("""{"CHF": 19.90, "EUR": -5.50}""", Find(document).Revenue);
    }

    private static SessionFacts Find(SessionDocument document, bool? mark = null) =>
        FactFinder.Find(new DocumentKey("shop", "v", SessionId("v", 0)), document, TimeZoneInfo.Utc, mark);
}
