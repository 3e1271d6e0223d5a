using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Documents;
using static SessionPlatform.Funnel.Tests.Sample;

namespace SessionPlatform.Funnel.Tests.Grpc;

/// <summary>Reports of funnels over gRPC.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FunnelReportServiceTests(PostgresFixture postgres) : FunnelsHost(postgres)
{
    [Fact]
    public async Task Every_violation_of_a_report_is_answered_by_field()
    {
        var request = new GetFunnelReportRequest
        {
            SiteId = SiteId,
            Definition = new FunnelDefinition
            {
                Steps = { new FunnelStep { Name = "a", Path = "/", Optional = true }, new FunnelStep { Name = "b" } },
                Window = new Duration(),
            },
            Period = new() { Days = new() { From = "2025-07-02", To = "2025-07-01" } },
            Segment = new() { Filters = { new Filter { Dimension = (Dimension.Types.Name)99, Values = { "x" } } } },
            Breakdown = Dimension.Types.Name.Path,
            Limit = 101,
            Trend = Bucket.Minute,
            Bins = 61,
        };
        string[] expected =
        [
            "definition.steps[1]", "definition.window", "definition.steps[0].optional", "period.days.to",
            "segment.filters[0].dimension", "breakdown", "limit", "trend", "bins",
        ];
        var report = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.GetFunnelReportAsync(request, Key("read")));
        Assert.Equal(expected, Fields(report));

        var actors = await Assert.ThrowsAsync<RpcException>(async () => await Client.ListFunnelActorsAsync(
            new() { Funnel = request, PageSize = 1001 }, Key("read")));
        Assert.Equal(["step", "page_size", .. expected.Select(field => $"funnel.{field}")], Fields(actors));
    }

    [Fact]
    public async Task Every_violation_of_a_definition_is_answered_by_field()
    {
        var definition = new FunnelDefinition
        {
            Name = "own",
            Order = FunnelDefinition.Types.Order.Unordered,
            Steps =
            {
                new FunnelStep { Name = "a", Path = "/a", Window = new Duration { Seconds = 60 } },
                new FunnelStep { Name = "b", AnyOf = { new EventMatch { PathRegex = "(a" }, new EventMatch() } },
                new FunnelStep { Name = "c", AnyOf = { new EventMatch { PathRegex = @"(a)\1" } }, Optional = true },
                new FunnelStep { Name = "d", AnyOf = { new EventMatch { PathRegex = "a(?=b)" } } },
            },
            Exclusions =
            {
                new FunnelExclusion { Event = new EventMatch { Kind = "click" }, AfterStep = 3, BeforeStep = 2 },
                new FunnelExclusion { AfterStep = 2, BeforeStep = 3 },
            },
        };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Client.DefineFunnelAsync(
            new() { SiteId = SiteId, Definition = definition }, Key("admin")));
        Assert.Equal(
            [
                "definition.steps[0].window", "definition.steps[1].any_of[0].path_regex",
                "definition.steps[1].any_of[1]",
                "definition.steps[2].optional", "definition.steps[2].any_of[0].path_regex",
                "definition.steps[3].any_of[0].path_regex", "definition.exclusions[0].before_step",
                "definition.exclusions[1].event", "definition.exclusions[1]",
            ],
            Fields(error));

        definition = new FunnelDefinition
        {
            Name = "own",
            Steps =
            {
                new FunnelStep { Name = "a", Path = "/a" },
                new FunnelStep { Name = "b", AnyOf = { new EventMatch { Session = { Matching("(") } } } },
            },
        };
        error = await Assert.ThrowsAsync<RpcException>(async () => await Client.DefineFunnelAsync(
            new() { SiteId = SiteId, Definition = definition }, Key("admin")));
        Assert.Equal(["definition.steps[1].any_of[0].session[0].values[0]"], Fields(error));
    }

    [Fact]
    public async Task A_funnel_of_which_no_counts_are_kept_is_answered_from_the_sessions()
    {
        var definition = new FunnelDefinition
        {
            Name = "windowed",
            Steps = { new FunnelStep { Name = "a", Path = "/a" }, new FunnelStep { Name = "b", Path = "/b" } },
            Window = Duration.FromTimeSpan(TimeSpan.FromMinutes(10)),
        };
        // Before the sessions: other tests count anew whatever waits for it, and do not know this site.
        await Client.DefineFunnelAsync(new() { SiteId = SiteId, Definition = definition }, Key("admin"));
        // The window exactly, and a microsecond more.
        await ApplyAsync("v1", Noon, TimeSpan.FromMinutes(10));
        await ApplyAsync("v2", Noon, TimeSpan.FromMinutes(10) + TimeSpan.FromMicroseconds(1));

        var result = await Client.GetFunnelResultAsync(new() { SiteId = SiteId, Name = "windowed" }, Key("read"));
        Assert.Equal([2u, 1u], result.Stages.Select(stage => stage.Sessions));
        Assert.Equal([2u, 1u], result.Stages.Select(stage => stage.Visitors));
        Assert.Equal((0.5, 0.5), (result.Stages[0].DropOffRate, result.Stages[1].ConversionRate));
        Assert.Equal(0u, result.PendingSessions);

        var list = await Client.ListFunnelsAsync(new() { SiteId = SiteId }, Key("read"));
        Assert.Contains(definition, list.Definitions);
        var actors = await Client.ListFunnelActorsAsync(
            new() { Funnel = new() { SiteId = SiteId, Name = "windowed" }, Step = 1, Dropped = true }, Key("read"));
        Assert.Equal(["v2"], actors.Actors.Select(actor => actor.VisitorId));
    }

    [Fact]
    public async Task The_built_in_funnel_counts_the_same_in_a_report_as_in_its_result()
    {
        await ApplyAsync("v", Noon, TimeSpan.FromMinutes(1), "/cart", "/search");
        await ApplyAsync("v", Noon.AddHours(1), TimeSpan.FromMinutes(1), "/checkout", "/thank-you");

        var result = await Client.GetFunnelResultAsync(new() { SiteId = SiteId, Name = "ecommerce" }, Key("read"));
        var report = await Client.GetFunnelReportAsync(new() { SiteId = SiteId, Name = "ecommerce" }, Key("read"));
        Assert.Equal(result.Stages.Select(stage => stage.Sessions), report.Report.Steps.Select(step => step.Count));
        Assert.Equal([2u, 2u, 2u, 2u, 1u, 1u], report.Report.Steps.Select(step => step.Count));

        var visitors = await Client.GetFunnelReportAsync(
            new() { SiteId = SiteId, Name = "ecommerce", Segment = new() { Unit = Unit.Visitor } }, Key("read"));
        Assert.Equal([1u, 1u, 1u, 1u, 1u, 1u], visitors.Report.Steps.Select(step => step.Count));
        // From the first page at noon to the confirmation in the second session.
        Assert.Equal(TimeSpan.FromMinutes(60), visitors.Report.Steps[4].MeanTime.ToTimeSpan());
    }

    private async Task ApplyAsync(
        string visitorId, DateTime startedAt, TimeSpan between, string first = "/a", string second = "/b")
    {
        var (one, other) = (Page(first), Page(second));
        (one.At, other.At) = (startedAt.ToTimestamp(), (startedAt + between).ToTimestamp());
        var id = SessionId($"{SiteId}/{visitorId}", startedAt.Hour);
        await Replica.Applier.ApplyAsync(
            [Change.Of(Updated(Document(SiteId, visitorId, id, startedAt, 1, one, other)))], CancellationToken.None);
    }

    private static Filter Matching(string expression) => new()
    {
        Dimension = Dimension.Types.Name.Channel, Operator = Filter.Types.Operator.Matches, Values = { expression },
    };
}
