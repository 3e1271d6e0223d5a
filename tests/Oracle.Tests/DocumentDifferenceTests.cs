using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Oracle.Tests;

/// <summary>Where two documents differ.</summary>
public sealed class DocumentDifferenceTests
{
    [Fact]
    public void Equal_documents_have_none() => AssertDifferences(_ => { });

    [Fact]
    public void Two_missing_documents_have_none() => Assert.Empty(DocumentDifference.Between(null, null));

    [Fact]
    public void A_missing_document_is_one_difference_of_an_empty_field()
    {
        var document = new SessionDocument { Session = new Session { SessionId = "s" } };
        const string printed = """{ "session": { "sessionId": "s" } }""";

        Assert.Equal([("", printed, null)], DocumentDifference.Between(document, null));
        Assert.Equal([("", null, printed)], DocumentDifference.Between(null, document));
    }

    [Fact]
    public void Revision_and_closed_are_history_and_do_not_count() => AssertDifferences(document =>
    {
        document.Session.Revision = 9;
        document.Session.Closed = true;
    });

    [Fact]
    public void Numbers_texts_switches_and_reasons_are_compared() => AssertDifferences(
        document =>
        {
            document.Session.SiteId = "";
            document.Session.PageViews = 3;
            document.Session.Bounced = true;
            document.Session.StartReason = Session.Types.BoundaryReason.Campaign;
            document.Session.Journey[1].ScrollDepthPercent = 12.5;
        },
        ("session.site_id", "\"shop\"", "\"\""),
        ("session.page_views", "2", "3"),
        ("session.bounced", "false", "true"),
        ("session.start_reason", "\"FIRST_EVENT\"", "\"CAMPAIGN\""),
        ("session.journey[1].scroll_depth_percent", "50", "12.5"));

    [Fact]
    public void Absent_is_not_the_default() => AssertDifferences(
        document =>
        {
            document.Session.UserId = "";
            document.Session.ClearExitPage();
            document.Session.Journey[0].ScrollDepthPercent = 0;
            document.Session.Geo = new Geo();
        },
        ("session.exit_page", "\"/b\"", null),
        ("session.journey[0].scroll_depth_percent", null, "0"),
        ("session.user_id", null, "\"\""),
        ("session.geo", null, "{ }"));

    [Fact]
    public void Times_and_durations_are_values() => AssertDifferences(
        document =>
        {
            document.Session.EndedAt = new Timestamp { Seconds = 60, Nanos = 1000 };
            document.Session.Duration = null;
        },
        ("session.ended_at", "\"1970-01-01T00:01:00Z\"", "\"1970-01-01T00:01:00.000001Z\""),
        ("session.duration", "\"60s\"", null));

    [Fact]
    public void Messages_are_compared_field_by_field() => AssertDifferences(
        document =>
        {
            document.Session.Attribution.Utm.Campaign = "spring";
            document.Timeline[0].Name = "hello";
        },
        ("session.attribution.utm.campaign", "\"\"", "\"spring\""),
        ("timeline[0].name", "\"\"", "\"hello\""));

    [Fact]
    public void Lists_are_compared_by_length_and_element_by_element() => AssertDifferences(
        document =>
        {
            document.Session.Journey.RemoveAt(0);
            document.Timeline.Add(new TimelineEvent { Kind = "click" });
        },
        ("session.journey.length", "2", "1"),
        ("session.journey[0].path", "\"/a\"", "\"/b\""),
        ("session.journey[0].scroll_depth_percent", null, "50"),
        ("session.journey[1]", """{ "path": "/b", "scrollDepthPercent": 50 }""", null),
        ("timeline.length", "1", "2"),
        ("timeline[1]", null, """{ "kind": "click" }"""));

    [Fact]
    public void Maps_are_compared_key_by_key() => AssertDifferences(
        document =>
        {
            document.Timeline[0].Properties["size"] = Value.ForNumber(8);
            document.Timeline[0].Properties.Remove("sold");
            document.Timeline[0].Properties.Add("color", Value.ForString("red"));
        },
        ("timeline[0].properties[color]", null, "\"red\""),
        ("timeline[0].properties[size]", "7", "8"),
        ("timeline[0].properties[sold]", "true", null));

    [Fact]
    public void Values_are_cut_at_200_characters()
    {
        var differences = DocumentDifference.Between(
            WithTitle(new string('x', 199)), WithTitle(new string('x', 198)));

        Assert.Equal(
            [("session.journey[0].title", "\"" + new string('x', 198) + "…", "\"" + new string('x', 198) + "\"")],
            differences);
    }

    [Fact]
    public void The_oracle_agrees_with_itself()
    {
        var document = Visits.Sessions(Visits.PageView(0, utm: "a"), Visits.Event(1, "purchase"))[0].ToDocument();

        Assert.Empty(DocumentDifference.Between(document, document.Clone()));
    }

    private static SessionDocument WithTitle(string title) =>
        new() { Session = new Session { Journey = { new JourneyStep { Title = title } } } };

    private static void AssertDifferences(
        Action<SessionDocument> change, params (string, string?, string?)[] expected)
    {
        var stored = Document();
        var recomputed = Document();
        change(recomputed);

        Assert.Equal(expected, DocumentDifference.Between(stored, recomputed));
        Assert.Equal(
            expected.Select(difference => (difference.Item1, difference.Item3, difference.Item2)),
            DocumentDifference.Between(recomputed, stored));
    }

    private static SessionDocument Document() => new()
    {
        Session = new Session
        {
            SiteId = "shop",
            StartedAt = new Timestamp(),
            EndedAt = new Timestamp { Seconds = 60 },
            Duration = new Duration { Seconds = 60 },
            PageViews = 2,
            StartReason = Session.Types.BoundaryReason.FirstEvent,
            Revision = 1,
            ExitPage = "/b",
            Journey = { new JourneyStep { Path = "/a" }, new JourneyStep { Path = "/b", ScrollDepthPercent = 50 } },
            Attribution = new Attribution { Utm = new Utm { Source = "news" }, Channel = "Email" },
        },
        Timeline =
        {
            new TimelineEvent
            {
                Kind = "pageview", Properties = { ["size"] = Value.ForNumber(7), ["sold"] = Value.ForBool(true) },
            },
        },
    };
}
