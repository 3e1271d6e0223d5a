using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.FunnelReports;
using SessionPlatform.Funnel.FunnelReports.Scanning;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Columns;
using SessionPlatform.Funnel.Tests.Metrics;
using SessionPlatform.Funnel.Tests.Storage;
using SessionPlatform.ServiceDefaults.Grpc;
using Order = SessionPlatform.Contracts.Funnels.V1.FunnelDefinition.Types.Order;
using Touch = SessionPlatform.Contracts.Funnels.V1.GetFunnelReportRequest.Types.Touch;
using Verdict = SessionPlatform.Contracts.Funnels.V1.FunnelEvent.Types.Verdict;

namespace SessionPlatform.Funnel.Tests.FunnelReports;

/// <summary>Whatever funnel is asked for, the answer is what a count of the sessions gives.</summary>
[Collection(LongReportsCollection.Name)]
public sealed class FunnelReportTests(PostgresFixture postgres) : IDisposable
{
    private readonly ColumnsOf columns = new(postgres.DataSource);
    private readonly ReportDatabase database = new(postgres.DataSource, Options.Create(new FunnelOptions()));
    private readonly FakeSites sites = new();
    private readonly FixedTime time = new() { Now = Sample.Noon.AddDays(21) };
    private readonly string siteId = $"funnels-{Guid.NewGuid()}";

    public void Dispose()
    {
        columns.Dispose();
        database.Dispose();
    }

    [Theory]
    [InlineData(Unit.Session, 1)]
    [InlineData(Unit.Visitor, 2)]
    [InlineData(Unit.User, 3)]
    public async Task Reports_equal_a_count_of_the_sessions(Unit unit, int seed)
    {
        var random = new Random(seed);
        var world = await ApplyAsync(random, visitors: 2_000);
        var sessions = world.Final;
        for (var round = 0; round < 25; round++)
        {
            var funnel = RandomFunnels.Any(random, unit);
            var request = Request(random, funnel.Definition);
            var from = request.Period.Range.From?.ToDateTime() ?? DateTime.MinValue;
            var actors = new ExpectedFunnel(sessions, funnel, unit).Actors(session =>
                session.StartedAt.ToDateTime() >= from && (!session.HasBot || request.Segment.IncludeBots)
                && (request.Segment.Filters.Count == 0 || session.Attribution.Channel == "Email"));
            var answer = await ReportAsync(request);
            ReportAssert.Equal(funnel.Definition, request, actors, answer);
            await AssertActorsAsync(random, request, actors);
            await AssertExplainedAsync(random, request, actors, unit);
        }
    }

    [Theory]
    [InlineData(Unit.Session)]
    [InlineData(Unit.Visitor)]
    public async Task What_events_are_to_steps_is_remembered_until_their_sessions_change(Unit unit)
    {
        var random = new Random(4);
        var sessions = (await ApplyAsync(random, visitors: 500)).Final;
        // The same steps, but not the same events count: of a strict funnel also those between.
        Order[] orders = [Order.Unspecified, Order.Strict, Order.Unordered];
        var funnels = orders.Select(order => RandomFunnels.OfPatterns(order, unit, 1, 2)).ToList();
        funnels.AddRange(Enumerable.Range(0, 4).Select(_ => RandomFunnels.Any(random, unit)));
        await AssertAllAsync();
        await AssertAllAsync();

        var changed = sessions.Where(_ => random.Next(4) == 0).ToList();
        foreach (var session in changed)
        {
            session.Session.Revision++;
            foreach (var happened in session.Timeline)
                (happened.Kind, happened.Path) = ("pageview", random.Next(2) == 0 ? "/cart" : "/p/1");
        }

        await new Replica(postgres.DataSource, sites).Applier.ApplyAsync(
            changed.Select(session => Change.Of(Sample.Updated(session))), CancellationToken.None);
        await AssertAllAsync();

        async Task AssertAllAsync()
        {
            foreach (var funnel in funnels)
            {
                var request = new GetFunnelReportRequest
                {
                    SiteId = siteId, Definition = funnel.Definition, Segment = new Segment { IncludeBots = true },
                };
                var actors = new ExpectedFunnel(sessions, funnel, unit).Actors(_ => true);
                ReportAssert.Equal(funnel.Definition, request, actors, await ReportAsync(request));
            }
        }
    }

    private GetFunnelReportRequest Request(Random random, FunnelDefinition definition)
    {
        var request = new GetFunnelReportRequest
        {
            SiteId = siteId,
            Definition = definition,
            Period = new Period { Range = new TimeRange() },
            Segment = new Segment { IncludeBots = random.Next(2) == 0 },
            Touch = random.Next(2) == 0 ? Touch.First : Touch.Last,
            Limit = random.Next(1, 4),
            Bins = random.Next(3) * 5,
            Trend = random.Next(2) == 0 ? Bucket.Day : Bucket.Unspecified,
        };
        if (random.Next(2) == 0)
            request.Period.Range.From = Sample.Noon.AddDays(random.Next(-20, 10)).ToTimestamp();
        if (random.Next(3) == 0)
            request.Segment.Filters.Add(new Filter { Dimension = Dimension.Types.Name.Channel, Values = { "Email" } });
        if (random.Next(2) == 0)
            request.Breakdown = Dimension.Types.Name.Country;
        return request;
    }

    private async Task AssertActorsAsync(Random random, GetFunnelReportRequest request, List<HandActor> actors)
    {
        var step = random.Next(request.Definition.Steps.Count);
        var dropped = random.Next(2) == 0;
        var expected = actors
            .Where(actor => actor.Taken[step] is not null && (!dropped || actor.Last == step))
            .OrderBy(actor => actor.Id, StringComparer.Ordinal).ToList();
        var asked = new ListFunnelActorsRequest
        {
            Funnel = request, Step = step + 1, Dropped = dropped, PageSize = random.Next(50, 700),
        };
        var found = new List<FunnelActor>();
        ListFunnelActorsResponse page;
        do
        {
            page = await Reporter().ActorsAsync(await AskAsync(request), asked, CancellationToken.None);
            found.AddRange(page.Actors);
            Assert.Equal((uint)expected.Count, page.Total);
            asked.PageToken = page.NextPageToken;
        }
        while (asked.PageToken.Length > 0);

        Assert.Equal(
            expected.Select(actor => (actor.Id, actor.Taken[step]!.Session.SessionId, actor.Taken[step]!.At)),
            found.Select(actor => (actor.Id, actor.SessionId, actor.At.ToDateTime())));
        if (!dropped)
            return;
        var next = expected
            .Select(actor => actor.Events.SkipWhile(happened => !ReferenceEquals(happened, actor.Taken[step])).Skip(1)
                .FirstOrDefault(happened => happened.Event.Kind == "pageview")?.Event.Path)
            .GroupBy(path => path ?? "nowhere").Select(paths => (paths.Key, (uint)paths.Count())).Order();
        Assert.Equal(
            next, page.NextPages.Select(each => (each.HasPath ? each.Path : "nowhere", each.Count)).Order());
    }

    private async Task AssertExplainedAsync(
        Random random, GetFunnelReportRequest request, List<HandActor> actors, Unit unit)
    {
        foreach (var actor in actors.OrderBy(_ => random.Next()).Take(5))
        {
            var visitor = actor.Events[0].Session.VisitorId;
            var answer = await Reporter().ExplainAsync(await AskAsync(request), visitor, CancellationToken.None);
            var counted = answer.Events.Where(each => each.Verdict == Verdict.Counted)
                .Where(each => unit != Unit.Session || each.SessionId == actor.Id).ToList();
            Assert.Equal(
                actor.Taken.OfType<HandEvent>().Select(taken => (taken.Session.SessionId, taken.Event)),
                counted.Select(each => (each.SessionId, each.Event)));
            Assert.True(answer.Reached >= actor.Last + 1);
            if (unit != Unit.Session)
                Assert.Equal(actor.Last + 1, answer.Reached);
        }
    }

    [Fact]
    public async Task A_report_beyond_its_bounds_is_refused_and_says_what_it_has_too_much_of()
    {
        await ApplyAsync(new Random(5), visitors: 100);
        var request = new GetFunnelReportRequest
        {
            SiteId = siteId,
            Definition = new FunnelDefinition
            {
                Unit = Unit.Visitor,
                Steps = { new FunnelStep { Name = "a", Kind = "pageview" }, new FunnelStep { Name = "b", Kind = "pageview" } },
            },
        };
        var question = await AskAsync(request);
        foreach (var (bounds, what) in new (FunnelReportOptions, string)[]
        {
            (new() { MaxSessions = 3 }, "sessions"),
            (new() { MaxEvents = 3 }, "events that the funnel looks at"),
            (new() { MaxActorEvents = 1 }, "events of one visitor"),
            (new() { MaxTimes = 3 }, "times between steps"),
        })
        {
            using var reporter = Reporter(bounds);
            var error = await Assert.ThrowsAsync<RpcException>(() =>
                reporter.ReportAsync(question, request, CancellationToken.None));
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
            Assert.Contains(what, error.Status.Detail, StringComparison.Ordinal);
        }
    }

    private async Task<FunnelWorld> ApplyAsync(Random random, int visitors)
    {
        sites.Set(siteId, new SiteRules { TimeZone = "Europe/Zurich" });
        var world = new FunnelWorld(random, siteId, visitors);
        var applier = new Replica(postgres.DataSource, sites).Applier;
        foreach (var batch in world.Facts.Select(Change.Of).Chunk(500))
            await applier.ApplyAsync(batch, CancellationToken.None);
        return world;
    }

    private async Task<GetFunnelReportResponse> ReportAsync(GetFunnelReportRequest request) =>
        await Reporter().ReportAsync(await AskAsync(request), request, CancellationToken.None);

    private Task<FunnelQuestion> AskAsync(GetFunnelReportRequest request) =>
        new FunnelQuestions(new Configurations(postgres.DataSource, sites), database)
            .AskAsync(request, within: null, new Violations(), CancellationToken.None);

    private FunnelReporter Reporter(FunnelReportOptions? options = null)
    {
        // Both cores have a part of whatever a test counts.
        var bounds = options ?? new FunnelReportOptions { MinSessionsPerCore = 50 };
        var scan = new ActorScan(postgres.DataSource, columns.Filters, columns.Scans, columns.Cache, bounds);
        return new FunnelReporter(database, scan, time, Options.Create(bounds));
    }
}
