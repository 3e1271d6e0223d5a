using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using static SessionPlatform.Oracle.Tests.Visits;

namespace SessionPlatform.Oracle.Tests;

/// <summary>Sessions in the words of the contract.</summary>
public sealed class DocumentTests
{
    [Fact]
    public void A_document_holds_all_that_is_published_of_a_session()
    {
        AcceptedEvent[] events =
        [
            PageView(0, "/a", utm: "news", referrer: "a.example").With(e =>
            {
                e.EventId = Id(7);
                e.ClickIdKind = "gclid";
                e.Event.UserId = "u1";
                e.Event.Title = "A";
                e.Event.PageCategory = "product";
                e.Event.Engagement = new Engagement { LoadTimeMs = 850 };
                e.Bot = "USER_AGENT";
                e.SettledDevice = new Device { Type = "bot" };
                e.Event.Properties.Add("plan", Value.ForString("free"));
                e.Event.Properties.Add("seats", Value.ForNumber(2));
            }),
            Event(1, "scroll", "/a").With(e => e.Event.Engagement = new Engagement { ScrollDepthPercent = 40 }),
            PageView(2, "/b").With(e => e.Event.UserId = "u2"),
            Event(2.5, "purchase", "/b").With(e =>
            {
                e.Event.Name = "order";
                e.Event.Revenue = new Money { Amount = "19.90", Currency = "chf" };
                e.OccurredAt++;
            }),
        ];

        var document = Assert.Single(Sessions(events)).ToDocument();

        Assert.Equal(Expected(), document);
    }

    [Fact]
    public void What_is_absent_is_absent_and_not_zero()
    {
        var session = Published(Event(0, "click"));

        Assert.Null(session.Duration);
        Assert.False(session.HasEntryPage || session.HasExitPage || session.HasUserId);
        Assert.Empty(session.Journey);
        Assert.Empty(session.Revenue);
        Assert.Null(session.Device);
        Assert.Null(session.Geo);
        Assert.Equal(new Attribution { Channel = "Direct" }, session.Attribution);
        var open = Assert.Single(SessionOracle.Sessions(
            [OracleEvent.FromAccepted(Event(0, "click"))], new OracleRules(), now: 0));
        Assert.False(open.ToDocument().Session.HasEndReason);
    }

    [Fact]
    public void Times_before_1970_have_a_fraction_that_counts_forward() =>
        Assert.Equal(
            new Timestamp { Seconds = -1, Nanos = 999_999_000 },
            Published(PageView(0).With(e => e.OccurredAt = -1)).StartedAt);

    [Fact]
    public void The_first_2000_page_views_and_events_are_kept_and_the_last_kept_one_ends_at_the_next()
    {
        var events = Enumerable.Range(0, 2001)
            .Select(number => PageView(number * 0.01, $"/{number}"))
            .Append(Event(25, "scroll").With(e => e.Event.Engagement = new Engagement { ScrollDepthPercent = 90 }));

        var document = Assert.Single(Sessions(events)).ToDocument();

        Assert.Equal(2001, document.Session.PageViews);
        Assert.Equal("/2000", document.Session.ExitPage);
        Assert.Equal(2000, document.Session.Journey.Count);
        Assert.Equal(600_000_000, document.Session.Journey[^1].TimeOnPage.Nanos);
        Assert.False(document.Session.Journey[^1].HasScrollDepthPercent);
        Assert.Equal("/1999", document.Timeline[^1].Path);
        Assert.Equal(2000, document.Timeline.Count);
    }

    [Fact]
    public void The_last_page_ends_with_the_session_and_has_no_time_when_it_is_its_end()
    {
        Assert.Equal(60, Published(PageView(0), Event(1, "click")).Journey[0].TimeOnPage.Seconds);
        Assert.Null(Published(Event(0, "click"), PageView(1)).Journey[0].TimeOnPage);
    }

    [Fact]
    public void Scroll_depth_is_the_greatest_from_the_page_view_until_the_next()
    {
        var session = Published(
            Scrolled(Event(0, "scroll"), 99), Scrolled(PageView(1), 10), Scrolled(Event(2, "scroll"), 30),
            Scrolled(Event(3, "scroll"), 20), PageView(4), Scrolled(PageView(5), 0));

        Assert.Equal(30, session.Journey[0].ScrollDepthPercent);
        Assert.False(session.Journey[1].HasScrollDepthPercent);
        Assert.True(session.Journey[2].HasScrollDepthPercent);
    }

    [Fact]
    public void Revenue_is_summed_by_currency_and_keeps_its_digits()
    {
        var session = Published(
            Paid("0.1", "usd"), Paid("0.20", "USD"), Paid("-0.0", "EUR"), Paid("-5", "CHF"), Paid("5", "chf"));

        Assert.Equal(
            [
                new Money { Amount = "0", Currency = "CHF" },
                new Money { Amount = "0.0", Currency = "EUR" },
                new Money { Amount = "0.30", Currency = "USD" },
            ],
            session.Revenue);
    }

    [Fact]
    public void Device_and_place_take_each_field_from_the_first_event_that_has_it()
    {
        var session = Published(
            PageView(0).With(e => (e.Event.Device, e.Event.Geo) = (new Device(), new Geo { City = "Bern" })),
            PageView(1).With(e => e.Event.Device = new Device { Browser = "b1", Screen = "1x1" }),
            PageView(2).With(e => (e.Event.Device, e.Event.Geo) =
                (new Device { Browser = "b2", Language = "de" }, new Geo { City = "Basel", Country = "CH" })));

        Assert.Equal(new Device { Browser = "b1", Screen = "1x1", Language = "de" }, session.Device);
        Assert.Equal(new Geo { City = "Bern", Country = "CH" }, session.Geo);
    }

    [Fact]
    public void What_ingestion_settled_of_a_device_stands_for_what_was_sent_of_it()
    {
        var session = Published(
            PageView(0).With(e => (e.Event.Device, e.SettledDevice) =
                (new Device { Browser = "sent", Screen = "1x1" }, new Device { Os = "Linux", Screen = "none" })),
            PageView(1).With(e => e.Event.Device = new Device { Browser = "of old", Os = "of old" }));

        Assert.Equal(new Device { Os = "Linux", Browser = "of old", Screen = "1x1" }, session.Device);
        Assert.Null(Published(PageView(0).With(e =>
            (e.Event.Device, e.SettledDevice) = (new Device { Os = "sent" }, new Device()))).Device);
    }

    [Fact]
    public void Load_time_is_the_first_from_the_page_view_until_the_next()
    {
        var session = Published(
            Loaded(Event(0, "custom"), 9), Loaded(PageView(1), 0), Loaded(Event(2, "custom"), 30), PageView(3),
            Event(4, "click"), Loaded(Event(5, "custom"), 20), Loaded(Event(6, "custom"), 10), PageView(7));

        Assert.Equal([0, 20], session.Journey.Where(step => step.HasLoadTimeMs).Select(step => step.LoadTimeMs));
        Assert.False(session.Journey[2].HasLoadTimeMs);
    }

    [Fact]
    public void The_first_event_of_a_bot_says_why() =>
        Assert.Equal("NO_USER_AGENT", Published(
            PageView(0),
            PageView(1).With(e => e.Bot = "NO_USER_AGENT"),
            PageView(2).With(e => e.Bot = "USER_AGENT")).Bot);

    [Fact]
    public void An_event_counts_as_a_conversion_of_its_own_name_and_as_the_goals_it_matches_none_twice()
    {
        var rules = new OracleRules
        {
            Goals = [new OracleGoal(path: "/b", name: "at b"), new OracleGoal(kind: "purchase", name: "order")],
        };

        var document = Assert.Single(Sessions(
            rules,
            Event(0, "purchase", "/b").With(e => e.Event.Name = "order"), Event(1, "purchase"), PageView(2, "/b"),
            Event(3, "conversion"), Event(4, "click"))).ToDocument();

        Assert.Equal(
            ["order+at b", "purchase+order", "at b", "conversion", ""],
            document.Timeline.Select(e => string.Join('+', e.ConversionTypes)));
    }

    [Fact]
    public void Properties_are_kept_up_to_262144_bytes_and_none_behind_the_first_event_that_exceeds_them()
    {
        var document = Assert.Single(Sessions(
            Described(0, new string('é', 131_071)), PageView(1), Described(2, "x"), Described(3, ""))).ToDocument();

        Assert.Equal([1, 0, 0, 0], document.Timeline.Select(e => e.Properties.Count));
        document = Assert.Single(Sessions(
            Described(0, new string('é', 131_071)), Described(1, ""), Described(2, ""))).ToDocument();
        Assert.Equal([1, 1, 0], document.Timeline.Select(e => e.Properties.Count));
    }

    private static AcceptedEvent Described(double minute, string text) =>
        Event(minute, "custom").With(e => e.Event.Properties.Add("t", Value.ForString(text)));

    [Fact]
    public void What_only_ingestion_knows_is_left_out_of_events_as_sent()
    {
        var sent = PageView(0).Event;
        sent.EventId = "e";

        var session = Assert.Single(SessionOracle.Sessions(
            [OracleEvent.FromSent(sent, receivedAt: 0)], new OracleRules())).ToDocument().Session;

        Assert.Equal("", session.Attribution.Channel);
        Assert.False(session.Attribution.HasClickIdKind);
    }

    private static AcceptedEvent Scrolled(AcceptedEvent e, double percent) =>
        e.With(scrolled => scrolled.Event.Engagement = new Engagement { ScrollDepthPercent = percent });

    private static AcceptedEvent Loaded(AcceptedEvent e, double milliseconds) =>
        e.With(loaded => loaded.Event.Engagement = new Engagement { LoadTimeMs = milliseconds });

    private static AcceptedEvent Paid(string amount, string currency) =>
        Event(0, "custom").With(e => e.Event.Revenue = new Money { Amount = amount, Currency = currency });

    private static Timestamp At(double seconds) => new()
    {
        Seconds = (long)seconds, Nanos = seconds > (long)seconds ? 1000 : 0,
    };

    private static SessionDocument Expected() => new()
    {
        Session = new Session
        {
            SessionId = "ce336802-7eb3-85fc-b27b-5da941ebe5ae",
            SiteId = "shop",
            VisitorId = "visitor",
            StartedAt = At(0),
            EndedAt = At(150.000001),
            Duration = new Duration { Seconds = 150, Nanos = 1000 },
            PageViews = 2,
            Events = 4,
            EntryPage = "/a",
            ExitPage = "/b",
            Converted = true,
            Conversions = 1,
            Engaged = true,
            IsNew = true,
            StartReason = Session.Types.BoundaryReason.FirstEvent,
            EndReason = Session.Types.BoundaryReason.Timeout,
            Journey =
            {
                new JourneyStep
                {
                    Path = "/a", Title = "A", Category = "product", At = At(0), ScrollDepthPercent = 40,
                    LoadTimeMs = 850,
                    TimeOnPage = new Duration { Seconds = 120 },
                },
                new JourneyStep
                {
                    Path = "/b", At = At(120), TimeOnPage = new Duration { Seconds = 30, Nanos = 1000 },
                },
            },
            Revenue = { new Money { Amount = "19.90", Currency = "CHF" } },
            UserId = "u2",
            Bot = "USER_AGENT",
            Device = new Device { Type = "bot" },
            Attribution = new Attribution
            {
                Utm = new Utm { Source = "news" },
                Referrer = "https://a.example/from",
                ReferrerHost = "a.example",
                ClickIdKind = "gclid",
                Channel = "Email",
                LandingPage = "/a",
            },
        },
        Timeline =
        {
            new TimelineEvent
            {
                Kind = "pageview", Path = "/a", Category = "product", At = At(0),
                Properties = { ["plan"] = Value.ForString("free"), ["seats"] = Value.ForNumber(2) },
            },
            new TimelineEvent { Kind = "scroll", Path = "/a", At = At(60) },
            new TimelineEvent { Kind = "pageview", Path = "/b", At = At(120) },
            new TimelineEvent
            {
                Kind = "purchase", Name = "order", Path = "/b", At = At(150.000001), ConversionTypes = { "order" },
            },
        },
    };
}
