using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;
using static SessionPlatform.Sessionizer.Tests.Sessions.Folding;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Sessions;

/// <summary>What reports group by and add up, beyond what makes a session.</summary>
public sealed class ReportFieldTests
{
    [Fact]
    public void Type_system_and_browser_are_as_ingestion_settled_them_and_the_rest_as_sent()
    {
        var session = Fold(
            PageView(0).With(e => (e.Event.Device, e.SettledDevice) = (
                new Device { UserAgent = "UA/1", Browser = "sent", Language = "de" },
                new Device { Type = "mobile", Os = "iOS", Language = "none" })),
            PageView(1).With(e => e.SettledDevice = new Device { Type = "tv", Browser = "Safari" }),
            PageView(2).With(e => e.Event.Device = new Device { OsVersion = "17", BrowserVersion = "18" }));

        Assert.Equal(
            new Device
            {
                UserAgent = "UA/1", Language = "de", Type = "mobile", Os = "iOS", Browser = "Safari", OsVersion = "17",
                BrowserVersion = "18",
            },
            session.Device);
        Assert.Null(Fold(PageView(0).With(e =>
            (e.Event.Device, e.SettledDevice) = (new Device { Type = "sent" }, new Device()))).Device);
    }

    [Fact]
    public void The_first_event_of_a_bot_says_why_and_none_is_absent()
    {
        Assert.False(Fold(PageView(0)).HasBot);
        Assert.Equal("USER_AGENT", Fold(
            PageView(0),
            PageView(1).With(e => e.Bot = "USER_AGENT"),
            PageView(2).With(e => e.Bot = "NO_USER_AGENT")).Bot);
    }

    [Fact]
    public void Load_time_is_the_first_reported_from_the_page_view_until_the_next()
    {
        var session = Fold(
            Loaded(Event(0, "custom"), 1), Loaded(PageView(1), 0), Loaded(Event(2, "custom"), 700), PageView(3),
            Event(4, "click"), Loaded(Event(5, "page_leave"), 350.5), Loaded(Event(6, "page_leave"), 9), PageView(7));

        Assert.Equal(
            [0, 350.5, null], session.Journey.Select(step => step.HasLoadTimeMs ? step.LoadTimeMs : (double?)null));
    }

    [Fact]
    public void Conversions_count_as_their_name_or_kind_and_as_the_goals_that_they_match_each_once()
    {
        var rules = new SiteRules
        {
            Goals =
            {
                new Goal { Name = "thanks", Path = "/thanks" }, new Goal { Name = "order", EventName = "order" },
                new Goal { Name = "click", Kind = "click" },
            },
        };

        var document = Folded(
            SessionRules.From(SiteRulesDefaults.Complete(rules)),
            Event(0, "purchase", "/"), Event(1, "purchase", "/thanks").With(e => e.Event.Name = "order"),
            Event(2, "click", "/thanks"), Event(3, "conversion").With(e => e.Event.Name = "lead"), PageView(4));

        Assert.Equal(
            ["purchase", "order thanks", "thanks click", "lead", ""],
            document.Timeline.Select(e => string.Join(' ', e.ConversionTypes)));
        Assert.Equal(4, document.Session.Conversions);
    }

    [Fact]
    public void Conversions_beyond_what_is_kept_count()
    {
        var events = Enumerable.Range(0, 2000).Select(i => Event(i * 0.001, "click"))
            .Append(Event(3, "purchase").With(e => e.Event.Name = "order"));

        var document = Folded(DefaultRules, [.. events]);

        Assert.Equal((2001, 1), (document.Session.Events, document.Session.Conversions));
        Assert.All(document.Timeline, e => Assert.Empty(e.ConversionTypes));
    }

    [Fact]
    public void Properties_are_kept_of_the_first_events_whose_keys_and_texts_have_256_KiB_together()
    {
        var document = Folded(
            DefaultRules,
            PageView(0), Priced(1, 9.5), Described(2, new('é', 65_535)), PageView(3), Described(4, new('x', 131_061)),
            Priced(5, 9), Described(6, "x"), Described(7, ""));

        Assert.Equal(
            ["", "price", "text", "", "text", "", "", ""],
            document.Timeline.Select(e => string.Join(' ', e.Properties.Keys)));
        Assert.Equal(9.5, document.Timeline[1].Properties["price"].NumberValue);
        Assert.Equal(new string('é', 65_535), document.Timeline[2].Properties["text"].StringValue);
    }

    [Fact]
    public void An_event_whose_properties_do_not_fit_is_the_first_of_those_without()
    {
        var document = Folded(
            DefaultRules, Described(0, new('x', 200_000)), Described(1, new('x', 100_000)), Described(2, "x"));

        Assert.Equal([1, 0, 0], document.Timeline.Select(e => e.Properties.Count));
    }

    private static AcceptedEvent Described(double minute, string text) =>
        Event(minute, "custom").With(e => e.Event.Properties.Add("text", Value.ForString(text)));

    private static AcceptedEvent Priced(double minute, double price) =>
        Event(minute, "custom").With(e => e.Event.Properties.Add("price", Value.ForNumber(price)));

    private static AcceptedEvent Loaded(AcceptedEvent e, double milliseconds) =>
        e.With(loaded => loaded.Event.Engagement = new Engagement { LoadTimeMs = milliseconds });
}
