using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Reports.Journeys;
using static SessionPlatform.Funnel.Tests.Sample;
using Status = Grpc.Core.StatusCode;

namespace SessionPlatform.Funnel.Tests.Grpc;

[Collection(PostgresCollection.Name)]
public sealed class JourneysServiceTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string PlatformKey = FunnelHost.PlatformKey;

    private readonly string siteId = $"journeys-{Guid.NewGuid()}";
    private readonly FakeSites sites = new();
    private FunnelHost host = null!;

    private Contracts.Journeys.V1.Journeys.JourneysClient Client => new(host.Channel);

    public async Task InitializeAsync()
    {
        sites.Set(siteId, new SiteRules { TimeZone = "Europe/Zurich" });
        host = await FunnelHost.StartAsync(
            postgres,
            sites,
            new NoKeys(),
            builder => builder.Configuration[$"{JourneyOptions.Section}:MaxSessions"] = "3");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Paths_and_transitions_are_answered_for_a_day_of_the_site()
    {
        // In Zurich the first is of the day before.
        await StoreAsync(0, Noon.Date.AddHours(-2.5), "/", "/a");
        await StoreAsync(1, Noon.Date.AddHours(-1.5), "/", "/b", "/b");

        var day = new Period { Days = new DayRange { From = "2025-07-01", To = "2025-07-01" } };
        var paths = await Client.GetPathsAsync(new() { SiteId = siteId, Period = day }, Key());
        Assert.Equal(["/", "/b"], Assert.Single(paths.Paths).Pages);
        var transitions = await Client.GetTransitionsAsync(new() { SiteId = siteId, Period = day }, Key());
        Assert.Equal(["/b", ""], transitions.Transitions.Select(row => row.To));

        var all = await Client.GetPathsAsync(new() { SiteId = siteId, MinLength = 1 }, Key());
        Assert.Equal(2u, all.Sessions);
    }

    [Fact]
    public async Task Paths_before_and_after_a_stage_of_the_built_in_funnel_are_answered()
    {
        await StoreAsync(0, Noon, "/", "/product/1", "/cart", "/checkout");
        var shape = new PathShape { Funnel = new FunnelPoint { Funnel = "ecommerce", Stage = 4 } };
        var after = await Client.GetPathsAsync(new() { SiteId = siteId, Shape = shape }, Key());
        Assert.Equal(["/cart", "/checkout"], Assert.Single(after.Paths).Pages);
        shape.Funnel.Side = FunnelPoint.Types.Side.Before;
        var before = await Client.GetPathsAsync(new() { SiteId = siteId, Shape = shape, Length = 2 }, Key());
        Assert.Equal(["/product/1", "/cart"], Assert.Single(before.Paths).Pages);
    }

    [Fact]
    public async Task Every_violation_is_answered_by_field()
    {
        var shape = new PathShape
        {
            Rules = { new PathRule { Replacement = new string('x', 257) }, new PathRule { Pattern = "/a" } },
            StartsAt = new string('ä', 129),
            Funnel = new FunnelPoint { Side = (FunnelPoint.Types.Side)9 },
        };
        var period = new Period { Days = new DayRange { From = "gestern" } };
        var segment = new Segment { Filters = { new Filter { Values = { "x" } } } };

        var paths = await ErrorAsync(new GetPathsRequest
        {
            SiteId = siteId, Period = period, Segment = segment, Shape = shape,
            Length = 11, MinLength = 12, Limit = 1001,
        });
        string[] shared =
        [
            "period.days.from", "segment.filters[0].dimension", "shape.rules[0].pattern", "shape.rules[0].replacement",
            "shape.starts_at", "shape.funnel.funnel", "shape.funnel.stage", "shape.funnel.side",
        ];
        Assert.Equal([.. shared, "length", "min_length", "limit"], Fields(paths));

        var transitions = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetTransitionsAsync(
            new()
            {
                SiteId = siteId, Period = period, Segment = segment, Shape = shape, Length = 1, Limit = 51,
            },
            Key()));
        Assert.Equal([.. shared, "length", "limit"], Fields(transitions));
    }

    [Fact]
    public async Task An_expression_that_does_not_compile_is_a_violation()
    {
        var filter = new Filter
        {
            Dimension = Dimension.Types.Name.Path,
            Operator = Filter.Types.Operator.Matches,
            Values = { "fine", "(" },
        };
        var error = await ErrorAsync(new() { SiteId = siteId, Segment = new Segment { Filters = { filter } } });
        Assert.Equal(["segment.filters[0].values[1]"], Fields(error));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        Assert.Equal(Status.NotFound, (await ErrorAsync(new() { SiteId = "none" })).StatusCode);
        var shape = new PathShape { Funnel = new FunnelPoint { Funnel = "none", Stage = 1 } };
        Assert.Equal(Status.NotFound, (await ErrorAsync(new() { SiteId = siteId, Shape = shape })).StatusCode);
        shape.Funnel = new FunnelPoint { Funnel = "ecommerce", Stage = 7 };
        Assert.Equal(["shape.funnel.stage"], Fields(await ErrorAsync(new() { SiteId = siteId, Shape = shape })));
    }

    [Fact]
    public async Task Without_a_known_key_nothing_is_answered()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetPathsAsync(
            new() { SiteId = siteId }, new Metadata { { "authorization", "Bearer unknown" } }));
        Assert.Equal(Status.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task A_report_that_is_too_large_says_what_to_narrow()
    {
        for (var number = 0; number < 4; number++)
            await StoreAsync(number, Noon.AddDays(number), "/", "/a");

        var error = await ErrorAsync(new() { SiteId = siteId });
        Assert.Equal(Status.ResourceExhausted, error.StatusCode);
        Assert.Contains("more than 3 sessions", error.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("`period`", error.Status.Detail, StringComparison.Ordinal);

        var range = new TimeRange { From = Noon.AddHours(1).ToTimestamp() };
        var narrowed = await Client.GetPathsAsync(new() { SiteId = siteId, Period = new() { Range = range } }, Key());
        Assert.Equal(3u, narrowed.Sessions);
    }

    [Fact]
    public async Task A_cancelled_call_stops_its_statement()
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Command("LOCK TABLE hour_totals IN ACCESS EXCLUSIVE MODE"));
        await batch.ExecuteNonQueryAsync();

        using var cancellation = new CancellationTokenSource();
        var call = Client.GetPathsAsync(new() { SiteId = siteId }, Key(), cancellationToken: cancellation.Token);
        await UntilAsync(async () => await StatementsAsync() == 1);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(async () => await call);
        // The lock is still held, so that nothing but the cancellation can end it.
        await UntilAsync(async () => await StatementsAsync() == 0);
    }

    private static Metadata Key() => new() { { "authorization", $"Bearer {PlatformKey}" } };

    private static IEnumerable<string> Fields(RpcException error)
    {
        Assert.Equal(Status.InvalidArgument, error.StatusCode);
        return error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSoAsync)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await isSoAsync())
            limit.Token.ThrowIfCancellationRequested();
    }

    private async Task<RpcException> ErrorAsync(GetPathsRequest request) =>
        await Assert.ThrowsAsync<RpcException>(async () => await Client.GetPathsAsync(request, Key()));

    /// <summary>How many statements plan to read facts.</summary>
    private async Task<int> StatementsAsync()
    {
        await using var command = postgres.DataSource.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%FROM hour_totals%WHERE%'"
            + " AND pid <> pg_backend_pid()");
        return Convert.ToInt32(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private async Task StoreAsync(int number, DateTime startedAt, params string[] pages)
    {
        var document = Document(
            siteId, "v", SessionId(siteId, number), startedAt, 1, [.. pages.Select(path => Page(path))]);
        document.Session.Journey.Add(pages.Select((path, index) => new JourneyStep
        {
            Path = path, At = startedAt.AddSeconds(index).ToTimestamp(),
        }));
        await new Replica(postgres.DataSource, sites).Applier.ApplyAsync(
            [Change.Of(Updated(document))], CancellationToken.None);
    }

    private sealed class NoKeys : IKeyDirectory
    {
        public ValueTask<Caller?> FindAsync(string secret, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Caller?>(null);
    }
}
