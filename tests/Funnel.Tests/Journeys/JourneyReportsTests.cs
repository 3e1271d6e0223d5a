using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Journeys;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Columns;
using SessionPlatform.Funnel.Tests.Identity;
using SessionPlatform.Funnel.Tests.Metrics;
using SessionPlatform.Funnel.Tests.Storage;

namespace SessionPlatform.Funnel.Tests.Journeys;

/// <summary>What comes out of the database against counting by hand.</summary>
[Collection(LongReportsCollection.Name)]
public sealed class JourneyReportsTests(PostgresFixture postgres) : IDisposable
{
    private const int Visitors = 3_000;
    private const int Questions = 60;

    private static readonly FunnelDefinition Buying = new()
    {
        Name = "buying",
        Steps = { new FunnelStep { Name = "a", Path = "/a" }, new FunnelStep { Name = "buy", Kind = "purchase" } },
    };

    private readonly ColumnsOf columns = new(postgres.DataSource);

    public void Dispose() => columns.Dispose();

    [Fact]
    public async Task Paths_and_transitions_are_those_of_counting_by_hand_whatever_came_before()
    {
        var siteId = $"journeys-{Guid.NewGuid()}";
        var visits = new RandomVisits(seed: 11, siteId, Visitors);
        var site = await ApplyAsync(siteId, visits.Facts);
        var reports = Reports(new JourneyOptions());
        var random = new Random(12);
        var users = await RevokeAsync(siteId, [.. visits.Final.Select(document => document.Session)], random);
        var counted = 0u;
        for (var question = 0; question < Questions; question++)
        {
            var (shape, span, segment) = (Shape(random), Span(random), Segment(random));
            var (length, limit) = (random.Next(2, 11), random.Next(1, 40));
            var oracle = new JourneyOracle(
                visits.Final.Where(document => IsAsked(document.Session, span, segment)),
                shape,
                document => StageAt(document, shape.Funnel?.Stage ?? 0),
                visitor => segment is { Unit: Unit.User } ? users.PersonOf(visitor) : visitor);
            var cut = shape.Funnel is null ? null : new FunnelCut(new OrderedFunnel(Buying), shape.Funnel);
            var selection = new JourneySelection(site, span, segment, cut, WithTimes: true);

            var (least, byDevice) = (random.Next(1, length + 1), random.Next(2) == 0);
            var paths = await reports.PathsAsync(
                selection, shape, (least, length), limit, byDevice, CancellationToken.None);
            Assert.Equal(oracle.Paths(length, least, limit, byDevice), paths);

            var transitions = await reports.TransitionsAsync(
                selection with { WithTimes = false }, shape, length, limit, CancellationToken.None);
            Assert.Equal(oracle.Transitions(length, limit).Order(), transitions.Transitions.Select(Text).Order());
            Assert.Equal((uint)oracle.Sessions(length), transitions.Sessions);
            counted += paths.Sessions;
        }

        // The questions were not all about nothing.
        Assert.True(counted > Questions * 100, $"{counted} paths");
    }

    // Of some of the sessions the days are over, of others they go on.
    private JourneyReports Reports(JourneyOptions options)
    {
        var database = new ReportDatabase(postgres.DataSource, Options.Create(new FunnelOptions()));
        return new JourneyReports(
            database,
            new ColumnJourneys(
                postgres.DataSource, columns.Filters, columns.Scans, columns.Aggregates,
                new FixedTime { Now = Sample.Noon.AddDays(1) }),
            Options.Create(options));
    }

    private async Task<SiteConfiguration> ApplyAsync(string siteId, IEnumerable<SessionFact> facts)
    {
        var sites = new FakeSites();
        sites.Set(siteId, new SiteRules { TimeZone = "Europe/Zurich" });
        var replica = new Replica(postgres.DataSource, sites);
        foreach (var chunk in facts.Chunk(1_000))
            await replica.Applier.ApplyAsync([.. chunk.Select(Change.Of)], CancellationToken.None);
        return (await replica.Configurations.FindAsync(siteId, CancellationToken.None))!;
    }

    // Some of the ties that were seen count no more.
    private async Task<KnownUsers> RevokeAsync(string siteId, Session[] sessions, Random random)
    {
        var ties = new TieTable(postgres.DataSource, TimeProvider.System);
        var revoked = new HashSet<(string Visitor, string User)>();
        foreach (var session in random.GetItems([.. sessions.Where(each => each.UserId.Length > 0)], 100))
        {
            await ties.SetAsync(siteId, session.VisitorId, session.UserId, revoked: true, CancellationToken.None);
            revoked.Add((session.VisitorId, session.UserId));
        }

        return new KnownUsers(sessions, revoked);
    }

    private static PathShape Shape(Random random)
    {
        var shape = new PathShape
        {
            KeepRepeats = random.Next(2) == 0,
            StartsAt = OneOf("/", "/a", "/p/**", "Product"),
            EndsAt = OneOf("/cart", "/B", "**"),
            Passes = OneOf("/b", "/p/*", "/nowhere"),
        };
        if (random.Next(2) == 0)
            shape.Rules.Add(new PathRule { Pattern = "/p/*", Replacement = "Product" });
        if (random.Next(2) == 0)
            shape.Rules.Add(new PathRule { Pattern = "/a*" });
        if (random.Next(2) == 0)
            shape.Rules.Add(new PathRule { Pattern = "/c**", Replacement = "/" });
        if (random.Next(3) == 0)
        {
            shape.Funnel = new FunnelPoint
            {
                Funnel = Buying.Name,
                Stage = random.Next(1, 3),
                Side = (FunnelPoint.Types.Side)random.Next(3),
            };
        }

        return shape;

        // Mostly none: each of them leaves less to count.
        string OneOf(params string[] patterns) => random.Next(4) == 0 ? patterns[random.Next(patterns.Length)] : "";
    }

    private static ReportSpan Span(Random random) => random.Next(2) == 0
        ? new ReportSpan(Instants.First, Instants.Last, Days: null)
        : new ReportSpan(
            Sample.Noon.AddDays(-random.Next(3)), Sample.Noon.AddMinutes(random.Next(1, 4000)), Days: null);

    private static Segment? Segment(Random random) => random.Next(4) switch
    {
        0 => null,
        1 => new Segment { IncludeBots = true },
        2 => new Segment { Unit = Unit.User },
        _ => new Segment
        {
            Unit = random.Next(2) == 0 ? Unit.User : Unit.Visitor,
            Filters =
            {
                new Filter
                {
                    Dimension = Dimension.Types.Name.DeviceType,
                    Operator = Filter.Types.Operator.Is,
                    Values = { "mobile", "" },
                },
            },
        },
    };

    private static bool IsAsked(Session session, ReportSpan span, Segment? segment)
    {
        var startedAt = session.StartedAt.ToDateTime();
        return startedAt >= span.From && startedAt < span.To
            && (segment is { IncludeBots: true } || !session.HasBot)
            && (segment is not { Filters.Count: > 0 } || session.Device?.Type is null or "" or "mobile");
    }

    private static int? StageAt(SessionDocument document, int stage)
    {
        var timeline = document.Timeline.ToList();
        var first = timeline.FindIndex(happened => happened.Path.Equals("/a", StringComparison.OrdinalIgnoreCase));
        if (first < 0 || stage == 1)
            return first < 0 ? null : first;
        var second = timeline.FindIndex(first + 1, happened => happened.Kind == "purchase");
        return second < 0 ? null : second;
    }

    private static string Text(Transition row)
    {
        var from = row.FromOther ? "other" : $"[{row.From}]";
        var to = row.ToOther ? "other" : row.HasTo ? $"[{row.To}]" : "end";
        return FormattableString.Invariant($"{row.Step} {from} → {to}: {row.Sessions}/{row.Visitors}");
    }
}
