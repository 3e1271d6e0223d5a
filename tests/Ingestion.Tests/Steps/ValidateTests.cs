using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Ingestion.Steps;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Tests.Steps;

public sealed class ValidateTests
{
    [Fact]
    public void Any_event_within_the_bounds_is_accepted() =>
        Prop.ForAll<int>(seed =>
        {
            var draft = Examples.Run(Examples.AnyValid(new Random(seed)));
            Assert.Empty(draft.Violations);
            Assert.Equal(16, draft.Accepted.EventId.Length);
            Assert.InRange(draft.Partition, 0, 3);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_of_any_field_over_its_bound_or_with_a_NUL_violates_that_field()
    {
        foreach (var (field, max, set) in Texts)
        {
            Assert.Empty(Examples.Run(With(set, Filled(field, max))).Violations);
            AssertViolates(With(set, Filled(field, max) + "x"), field, Reason.TooLong);
            AssertViolates(With(set, Filled(field, max - 1) + "é"), field, Reason.TooLong);
            AssertViolates(With(set, Filled(field, 1) + "\0"), field, Reason.Invalid);
        }
    }

    [Theory]
    [InlineData("site_id", Reason.Required)]
    [InlineData("visitor_id", Reason.Required)]
    [InlineData("kind", Reason.Required)]
    [InlineData("url", Reason.Required)]
    public void What_is_required_must_be_given(string field, Reason reason)
    {
        var sent = Examples.PageView();
        Event.Descriptor.FindFieldByName(field).Accessor.SetValue(sent, "");
        AssertViolates(sent, field, reason);
    }

    [Fact]
    public void Only_a_page_view_needs_a_url()
    {
        var sent = Examples.PageView("");
        sent.Kind = "click";
        Assert.Empty(Examples.Run(sent).Violations);
    }

    [Theory]
    [InlineData("shop.example/a")]
    [InlineData("ftp://shop.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://")]
    [InlineData("https:///path")]
    [InlineData("https://a b/")]
    [InlineData("https://shop.example:port/")]
    [InlineData(" https://shop.example/")]
    public void A_url_is_absolute_or_a_path(string url) =>
        AssertViolates(Examples.PageView(url), "url", Reason.Invalid);

    [Fact]
    public void Every_violation_is_found_not_only_the_first()
    {
        var sent = new Event
        {
            SiteId = "other",
            Kind = "visit",
            Sequence = -1,
            Value = double.NaN,
            Revenue = new Money { Amount = "1e9", Currency = "€" },
            Geo = new Geo { Country = "CHE" },
            Engagement = new() { ScrollDepthPercent = 100.5, LoadTimeMs = double.PositiveInfinity, Clicks = -1 },
            ClientTime = new Timestamp { Nanos = -1 },
            Properties = { ["list"] = Value.ForList(), ["nan"] = Value.ForNumber(double.NaN) },
        };
        Assert.Equal(
            [
                ("site_id", Reason.WrongSite), ("visitor_id", Reason.Required), ("kind", Reason.Invalid),
                ("client_time", Reason.Invalid), ("sequence", Reason.OutOfRange), ("revenue.amount", Reason.Invalid),
                ("revenue.currency", Reason.Invalid), ("value", Reason.Invalid), ("geo.country", Reason.Invalid),
                ("engagement.scroll_depth_percent", Reason.OutOfRange), ("engagement.load_time_ms", Reason.Invalid),
                ("engagement.clicks", Reason.OutOfRange), ("properties[list]", Reason.Invalid),
                ("properties[nan]", Reason.Invalid),
            ],
            Examples.Run(sent).Violations.Select(violation => (violation.Field, violation.Reason)));
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("-19.90", true)]
    [InlineData("123456789012345.123456", true)]
    [InlineData("1234567890123456", false)]
    [InlineData("0.1234567", false)]
    [InlineData("1.", false)]
    [InlineData(".5", false)]
    [InlineData("--1", false)]
    [InlineData("+1", false)]
    [InlineData("1e3", false)]
    [InlineData("1,5", false)]
    [InlineData("١", false)]
    [InlineData("NaN", false)]
    public void An_amount_is_a_decimal_number(string text, bool valid) => Assert.Equal(valid, Validate.IsAmount(text));

    [Fact]
    public void Properties_are_bounded_in_number_keys_and_kinds()
    {
        var sent = Examples.PageView();
        for (var count = 0; count < 50; count++)
            sent.Properties[new string('k', 62) + count.ToString("00", null)] = Value.ForBool(true);
        Assert.Empty(Examples.Run(sent).Violations);
        sent.Properties["one more"] = Value.ForBool(true);
        AssertViolates(sent, "properties", Reason.OutOfRange);

        AssertViolates(WithProperty(new string('k', 65), Value.ForBool(true)), "properties", Reason.TooLong);
        AssertViolates(WithProperty("", Value.ForBool(true)), "properties", Reason.Required);
        AssertViolates(WithProperty("a\0", Value.ForBool(true)), "properties", Reason.Invalid);
        AssertViolates(WithProperty("a", Value.ForNull()), "properties[a]", Reason.Invalid);
        AssertViolates(WithProperty("a", new Value()), "properties[a]", Reason.Invalid);
        AssertViolates(WithProperty("a", Value.ForStruct(new Struct())), "properties[a]", Reason.Invalid);
        AssertViolates(WithProperty("a", Value.ForNumber(double.NegativeInfinity)), "properties[a]", Reason.Invalid);
        AssertViolates(WithProperty("a", Value.ForString(new string('x', 1025))), "properties[a]", Reason.TooLong);
    }

    [Fact]
    public void Campaign_parameters_of_the_url_are_bounded_like_those_given() =>
        AssertViolates(Examples.PageView("/?utm_source=" + new string('x', 257)), "utm.source", Reason.TooLong);

    [Theory]
    [InlineData("a", true)]
    [InlineData("9-_.z", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("Shop", false)]
    [InlineData("a b", false)]
    public void Site_ids_have_a_form(string id, bool valid) => Assert.Equal(valid, AuthenticateSite.IsSiteId(id));

    private static IEnumerable<(string Field, int Max, Action<Event, string> Set)> Texts =>
    [
        ("event_id", 128, (e, t) => e.EventId = t), ("visitor_id", 128, (e, t) => e.VisitorId = t),
        ("user_id", 128, (e, t) => e.UserId = t), ("session_key", 128, (e, t) => e.SessionKey = t),
        ("name", 128, (e, t) => e.Name = t), ("url", 4096, (e, t) => e.Url = t), ("title", 512, (e, t) => e.Title = t),
        ("page_category", 64, (e, t) => e.PageCategory = t), ("referrer", 4096, (e, t) => e.Referrer = t),
        ("utm.source", 256, (e, t) => e.Utm = new Utm { Source = t }),
        ("utm.medium", 256, (e, t) => e.Utm = new Utm { Medium = t }),
        ("utm.campaign", 256, (e, t) => e.Utm = new Utm { Campaign = t }),
        ("utm.term", 256, (e, t) => e.Utm = new Utm { Term = t }),
        ("utm.content", 256, (e, t) => e.Utm = new Utm { Content = t }),
        .. ClickIds.Descriptor.Fields.InFieldNumberOrder().Select(part => (
            $"click_ids.{part.Name}", 256,
            (Action<Event, string>)((e, t) => part.Accessor.SetValue(e.ClickIds = new ClickIds(), t)))),
        .. Device.Descriptor.Fields.InFieldNumberOrder().Select(part => (
            $"device.{part.Name}", part.Name == "user_agent" ? 1024 : 64,
            (Action<Event, string>)((e, t) => part.Accessor.SetValue(e.Device = new Device(), t)))),
        .. Element.Descriptor.Fields.InFieldNumberOrder().Select(part => (
            $"element.{part.Name}", 512,
            (Action<Event, string>)((e, t) => part.Accessor.SetValue(e.Element = new Element(), t)))),
        ("geo.region", 64, (e, t) => e.Geo = new Geo { Region = t }),
        ("geo.city", 128, (e, t) => e.Geo = new Geo { City = t }),
    ];

    private static string Filled(string field, int length) =>
        field == "url" ? "/" + new string('x', length - 1) : new string('x', length);

    private static Event With(Action<Event, string> set, string text)
    {
        var sent = Examples.PageView();
        set(sent, text);
        return sent;
    }

    private static Event WithProperty(string key, Value value)
    {
        var sent = Examples.PageView();
        sent.Properties[key] = value;
        return sent;
    }

    private static void AssertViolates(Event sent, string field, Reason reason)
    {
        var violation = Assert.Single(Examples.Run(sent).Violations);
        Assert.Equal((field, reason), (violation.Field, violation.Reason));
    }
}
