using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Previewing;
using SessionPlatform.Funnel.Tests.Auditing;
using SessionPlatform.ServiceDefaults.Grpc;
using static SessionPlatform.Funnel.Tests.Sample;
using Status = Grpc.Core.StatusCode;

namespace SessionPlatform.Funnel.Tests.Previewing;

[Collection(PostgresCollection.Name)]
public sealed class PreviewTests(PostgresFixture postgres) : JobsHost(postgres)
{
    private readonly PostgresFixture postgres = postgres;

    [Fact]
    public async Task Both_sets_of_rules_are_counted_and_nothing_is_changed()
    {
        await HappensAsync(
            Updated(Session(0, "v", seconds: 10, Page("/", "category"), Page("/warenkorb"), Page("/", "cart"))),
            Updated(Session(1, "v", seconds: 0, Page("/"))),
            Updated(Session(2, "w", seconds: 5, Page("/warenkorb"), Event("purchase"))));
        Sessionizer.ByRules = _ =>
        [
            Session(0, "v", seconds: 20, Page("/", "category"), Page("/warenkorb"), Page("/", "cart"), Page("/")),
            Session(2, "w", seconds: 5, Page("/warenkorb")),
        ];
        var stored = await DumpAsync();

        var answers = await PreviewAsync(new SiteRules { Ecommerce = new() { Cart = { "/warenkorb" } } });

        Assert.Equal([2ul, 5ul], answers[..^1].Select(answer => answer.SessionsComputed));
        var result = answers[^1].Result;
        Assert.Equal(
            new PreviewTotals
            {
                Sessions = 3, Visitors = 2, Bounces = 1, BounceRate = 1 / 3.0, EngagedSessions = 2,
                EngagementRate = 2 / 3.0, ConvertedSessions = 1, ConversionRate = 1 / 3.0,
                AverageDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
            },
            result.Before);
        Assert.Equal(
            new PreviewTotals
            {
                Sessions = 2, Visitors = 2, Bounces = 1, BounceRate = 0.5, EngagedSessions = 1, EngagementRate = 0.5,
                ConversionRate = 0, AverageDuration = new Duration { Seconds = 12, Nanos = 500_000_000 },
            },
            result.After);
        Assert.Equal(["ecommerce", OwnFunnel], result.Funnels.Select(funnel => funnel.Name));
        // Entry, Browse, Product, Cart, Checkout, Confirmation: only by the new patterns is /warenkorb the cart.
        Assert.Equal([3ul, 2, 2, 2, 1, 1], result.Funnels[0].Stages.Select(stage => stage.SessionsBefore));
        Assert.Equal([2ul, 2, 2, 2, 0, 0], result.Funnels[0].Stages.Select(stage => stage.SessionsAfter));
        Assert.Equal(OwnSteps, result.Funnels[1].Stages.Select(stage => stage.Name));
        Assert.Equal([1ul, 1, 0], result.Funnels[1].Stages.Select(stage => stage.SessionsBefore));
        Assert.Equal(stored, await DumpAsync());
    }

    [Fact]
    public async Task Without_sessions_there_are_no_rates()
    {
        var result = Assert.Single(await PreviewAsync(new SiteRules())).Result;
        Assert.Equal(new PreviewTotals(), result.Before);
        Assert.Equal(new PreviewTotals(), result.After);
        Assert.Equal(2, result.Funnels.Count);
    }

    [Fact]
    public async Task What_is_wrong_with_the_rules_is_what_the_Sessionizer_says()
    {
        Sessionizer.ByRules = _ => throw GrpcErrors.InvalidArgument("by_rules.timeout", "must be 1 s - 24 h");

        var error = await Assert.ThrowsAsync<RpcException>(() => PreviewAsync(new SiteRules()));

        Assert.Equal(Status.InvalidArgument, error.StatusCode);
        Assert.Equal("by_rules.timeout", Assert.Single(error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Field);
    }

    [Fact]
    public async Task Previewing_takes_an_admin_key_of_the_site()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => PreviewAsync(new SiteRules(), "read"));
        Assert.Equal(Status.PermissionDenied, error.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Visitors_are_counted_once_however_few_fit_into_memory(int mostInMemory)
    {
        await using var visitors = new DistinctVisitors(postgres.DataSource, mostInMemory);
        foreach (var number in Enumerable.Range(0, 100).Concat(Enumerable.Range(50, 100)))
            await visitors.AddAsync($"visitor-{number}", CancellationToken.None);
        Assert.Equal(150, await visitors.CountAsync(CancellationToken.None));
    }

    private async Task<List<PreviewRulesResponse>> PreviewAsync(SiteRules rules, string key = "admin")
    {
        using var call = Client.PreviewRules(new PreviewRulesRequest { SiteId = SiteId, Rules = rules }, Key(key));
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    private SessionDocument Session(int number, string visitorId, int seconds, params TimelineEvent[] timeline)
    {
        var document = Document(SiteId, visitorId, SessionId(SiteId, number), Noon, 1, timeline);
        document.Session.EndedAt = Noon.AddSeconds(seconds).ToTimestamp();
        return document;
    }
}
