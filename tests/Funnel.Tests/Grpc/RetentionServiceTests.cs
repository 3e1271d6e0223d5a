using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Tests.Reports.Metrics;
using AttributionClient = SessionPlatform.Contracts.Attribution.V1.Attribution.AttributionClient;
using By = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;
using IdentityClient = SessionPlatform.Contracts.Identity.V1.Identity.IdentityClient;
using Name = SessionPlatform.Contracts.Metrics.V1.Metric.Types.Name;
using RetentionClient = SessionPlatform.Contracts.Retention.V1.Retention.RetentionClient;
using Status = Grpc.Core.StatusCode;

namespace SessionPlatform.Funnel.Tests.Grpc;

/// <summary>What the services of retention, attribution and identity refuse, and that they answer.</summary>
[Collection(PostgresCollection.Name)]
public sealed class RetentionServiceTests(PostgresFixture postgres) : ReportsHost(postgres)
{
    private RetentionClient Retention => new(Channel);

    private AttributionClient Attribution => new(Channel);

    private IdentityClient Identity => new(Channel);

    [Fact]
    public async Task Every_violation_of_retention_is_answered_by_field()
    {
        var request = new GetRetentionRequest
        {
            SiteId = SiteId,
            Period = new Period { Days = new DayRange { From = "2025-07-02", To = "2025-07-01" } },
            Interval = Bucket.Minute,
            Intervals = 101,
            Target = new EventMatch(),
            Returning = new EventMatch { Kind = "view", PathRegex = "(" },
            Kind = (GetRetentionRequest.Types.Kind)9,
            MinimumOccurrences = 1001,
            Segment = new Segment { Unit = Unit.Session, Filters = { new Filter { Values = { "a" } } } },
            Breakdown = By.Path,
            Limit = 51,
        };
        Assert.Equal(
            [
                "period.days.to", "interval", "intervals", "target", "returning.kind", "returning.path_regex", "kind",
                "minimum_occurrences", "segment.filters[0].dimension", "segment.unit", "breakdown", "limit",
            ],
            Fields(await RefusedAsync(() => Retention.GetRetentionAsync(request, Key("read")))));
        var lifecycle = new GetLifecycleRequest { SiteId = SiteId, Event = new EventMatch() };
        Assert.Equal(
            ["interval", "event"],
            Fields(await RefusedAsync(() => Retention.GetLifecycleAsync(lifecycle, Key("read")))));
        var stickiness = new GetStickinessRequest { SiteId = SiteId, Interval = (Bucket)50 };
        Assert.Equal(
            ["interval"], Fields(await RefusedAsync(() => Retention.GetStickinessAsync(stickiness, Key("read")))));
    }

    [Fact]
    public async Task An_expression_of_a_session_that_does_not_compile_is_named()
    {
        var request = new GetRetentionRequest
        {
            SiteId = SiteId,
            Interval = Bucket.Day,
            Returning = new EventMatch
            {
                Kind = "click",
                Session =
                {
                    new Filter { Dimension = By.Path, Operator = Filter.Types.Operator.Matches, Values = { "(" } },
                },
            },
        };
        Assert.Equal(
            ["returning.session[0].values[0]"],
            Fields(await RefusedAsync(() => Retention.GetRetentionAsync(request, Key("read")))));
    }

    [Fact]
    public async Task A_period_of_too_many_intervals_is_refused()
    {
        var request = new GetStickinessRequest
        {
            SiteId = SiteId,
            Interval = Bucket.Day,
            Period = new Period { Days = new DayRange { From = "2024-01-01", To = "2024-12-31" } },
        };
        Assert.Equal(366, (await Retention.GetStickinessAsync(request, Key("read"))).Counts.Count);
        request.Period.Days.To = "2025-01-01";
        Assert.Equal(
            ["interval"], Fields(await RefusedAsync(() => Retention.GetStickinessAsync(request, Key("read")))));
    }

    [Fact]
    public async Task Every_violation_of_attribution_is_answered_by_field()
    {
        var request = new GetAttributionRequest
        {
            SiteId = SiteId,
            Period = new Period { Days = new DayRange { From = "yesterday" } },
            Segment = new Segment { Unit = Unit.Session },
            Model = (GetAttributionRequest.Types.Model)9,
            Dimension = By.Country,
            LookBack = new Duration { Seconds = 3599 },
            ConversionType = new string('t', 129),
            Limit = 1001,
        };
        Assert.Equal(
            ["period.days.from", "segment.unit", "model", "dimension", "look_back", "conversion_type", "limit"],
            Fields(await RefusedAsync(() => Attribution.GetAttributionAsync(request, Key("read")))));
    }

    [Fact]
    public async Task Ties_are_read_and_set_by_whom_they_may_be()
    {
        var both = new ListTiesRequest { SiteId = SiteId, VisitorId = "v", UserId = "u" };
        Assert.Equal(["visitor_id"], Fields(await RefusedAsync(() => Identity.ListTiesAsync(both, Key("read")))));
        var none = new SetTieRequest { SiteId = SiteId, UserId = new string('u', 129) };
        Assert.Equal(
            ["visitor_id", "user_id"], Fields(await RefusedAsync(() => Identity.SetTieAsync(none, Key("admin")))));
        var set = new SetTieRequest { SiteId = SiteId, VisitorId = "v", UserId = "u", Revoked = true };
        Assert.Equal(
            Status.PermissionDenied, (await RefusedAsync(() => Identity.SetTieAsync(set, Key("read")))).StatusCode);
        Assert.Equal(
            Status.PermissionDenied, (await RefusedAsync(() => Retention.GetRetentionAsync(
                new() { SiteId = SiteId, Interval = Bucket.Day }, Key("other")))).StatusCode);
        Assert.False((await Identity.SetTieAsync(set, Key("admin"))).HasUserId);
        var ties = await Identity.ListTiesAsync(new() { SiteId = SiteId, UserId = "u" }, Key("read"));
        Assert.True(Assert.Single(ties.Ties).Revoked);
    }

    [Fact]
    public async Task A_user_is_one_person_until_the_tie_is_revoked()
    {
        await ApplyAsync(Session("phone", 1, "ann"), Session("laptop", 2, ""), Session("laptop", 3, "ann"));
        Time.AdjustTime(Sample.Noon.AddHours(3).AddSeconds(30));

        Assert.Equal([1, 1, 0], await CountsAsync(Unit.User));
        Assert.Equal([2, 2, 0], await CountsAsync(Unit.Visitor));
        Assert.Equal(1u, await ActiveAsync(Unit.User));
        Assert.Equal(2u, await ActiveAsync(Unit.Visitor));

        var tie = new SetTieRequest { SiteId = SiteId, VisitorId = "laptop", UserId = "ann", Revoked = true };
        Assert.False((await Identity.SetTieAsync(tie, Key("admin"))).HasUserId);
        Assert.Equal([2, 2, 0], await CountsAsync(Unit.User));

        tie.Revoked = false;
        Assert.Equal("ann", (await Identity.SetTieAsync(tie, Key("admin"))).UserId);
        Assert.Equal([1, 1, 0], await CountsAsync(Unit.User));
        // The laptop's first session is not the user's first one.
        var later = new Period { Range = new() { From = Sample.Noon.AddHours(2).ToTimestamp() } };
        Assert.Equal([1, 0, 1], await CountsAsync(Unit.User, later));
        Assert.Equal([1, 1, 0], await CountsAsync(Unit.Visitor, later));
    }

    private async Task<IEnumerable<double>> CountsAsync(Unit unit, Period? period = null) =>
        (await Client.GetSeriesAsync(
            new()
            {
                SiteId = SiteId, Period = period, Segment = new Segment { Unit = unit },
                Metrics = { Name.Visitors, Name.NewVisitors, Name.ReturningVisitors },
            },
            Key("read"))).Series[0].Total.Select(value => value.Value);

    private async Task<uint> ActiveAsync(Unit unit) => (await Client.GetActiveVisitorsAsync(
        new() { SiteId = SiteId, WithinSeconds = 60, Segment = new Segment { Unit = unit } }, Key("read"))).Visitors;

    private SessionDocument Session(string visitor, int number, string user)
    {
        // All of them are still there at the end.
        var document = Seen(
            visitor, number, Sample.Noon.AddHours(number), Sample.Noon.AddHours(3).AddSeconds(number), "/");
        document.Session.IsNew = visitor == "phone" || number == 2;
        if (user.Length > 0)
            document.Session.UserId = user;
        return document;
    }
}
