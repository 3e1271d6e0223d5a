using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Stack;
using SessionPlatform.Benchmarks.Traffic;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>Measures the requests to Query one after the other over gRPC.</summary>
internal static class QueriesBenchmark
{
    private const string Site = "queries";
    private const string SavedFunnel = "buyers";
    private const long SessionsOfTarget = 1_000_000;
    private const int Chunk = 500_000;
    private const int EventsPerSession = 9;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var runs = await context.RunsAsync(cancellationToken);
        var site = PipelineRuns.OrderedSite;
        if (context.Options.Sessions > runs.Ordered.Sessions)
        {
            site = Site;
            await StoreAsync(context, runs, cancellationToken);
        }

        await DefineAsync(runs.Suite, site, cancellationToken);
        return await MeasureAsync(context, runs.Suite, site, cancellationToken);
    }

    /// <summary>Sends each request many times.</summary>
    public static async Task<IReadOnlyList<Row>> MeasureAsync(
        BenchContext context, RunningSuite suite, string site, CancellationToken cancellationToken)
    {
        var sessions = await PipelineRun.SessionsAsync(suite, site, cancellationToken);
        var options = suite.AsPlatform(cancellationToken);
        var query = suite.Query;
        var most = context.Options.Pick(200, 50);
        context.Tell($"queries over {Row.Count(sessions)} sessions");
        List<Row> rows =
        [
            await AskAsync("GetSessionStats", 10, () => query.GetSessionStatsAsync(
                new GetSessionStatsRequest { SiteId = site }, options).ResponseAsync),
            await AskAsync("ListSessions, the newest 100", null, () => query.ListSessionsAsync(
                new ListSessionsRequest { SiteId = site }, options).ResponseAsync),
            await AskAsync("GetDays", null, () => query.GetDaysAsync(
                new GetDaysRequest { SiteId = site }, options).ResponseAsync),
            await AskAsync("funnel ecommerce", 10, () => query.GetFunnelResultAsync(
                new GetFunnelResultRequest { SiteId = site, Name = "ecommerce" }, options).ResponseAsync),
            await AskAsync("a saved funnel", 10, () => query.GetFunnelResultAsync(
                new GetFunnelResultRequest { SiteId = site, Name = SavedFunnel }, options).ResponseAsync),
        ];
        foreach (var question in ReportQuestions.Of(site))
        {
            rows.Add(await AskAsync(
                question.What,
                question.TargetMillis,
                () => query.GetReportAsync(question.Report, options).ResponseAsync));
        }

        return rows;

        async Task<Row> AskAsync<T>(string what, int? targetMillis, Func<Task<T>> ask)
        {
            await ask();
            var samples = await Samples.TakeAsync(5, most, Longest, _ => ask(), cancellationToken);
            var p95 = samples.Percentile(95);
            return new(
                $"{what}, {Row.Count(sessions)} sessions",
                $"p95 {Row.Millis(p95)}, median {Row.Millis(samples.Median)}",
                Target: targetMillis is null ? "" : $"≤ {targetMillis} ms at 1M sessions",
                Reached: Judge(p95, targetMillis, sessions));
        }
    }

    // What is fast enough over fewer sessions than the target speaks of proves nothing yet.
    private static bool? Judge(TimeSpan p95, int? targetMillis, long sessions) =>
        targetMillis is not { } most ? null
        : p95.TotalMilliseconds > most ? false
        : sessions >= SessionsOfTarget ? true : null;

    /// <summary>Stores the saved funnel and waits until it counts all sessions.</summary>
    public static async Task DefineAsync(RunningSuite suite, string site, CancellationToken cancellationToken)
    {
        var definition = new FunnelDefinition
        {
            Name = SavedFunnel,
            Steps =
            {
                new FunnelStep { Name = "Product", Kind = "pageview", Path = "/product/**" },
                new FunnelStep { Name = "Cart", Kind = "pageview", Path = "/cart**" },
                new FunnelStep { Name = "Purchase", Kind = "purchase" },
            },
        };
        var options = suite.AsPlatform(cancellationToken);
        await suite.Query.DefineFunnelAsync(
            new DefineFunnelRequest { SiteId = site, Definition = definition }, options);
        var ask = new GetFunnelResultRequest { SiteId = site, Name = SavedFunnel };
        while ((await suite.Query.GetFunnelResultAsync(ask, options)).PendingSessions > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
    }

    private static async Task StoreAsync(BenchContext context, PipelineRuns runs, CancellationToken cancellationToken)
    {
        var stored = 0L;
        await runs.Suite.CreateSiteAsync(Site, cancellationToken);
        for (var seed = 1000UL; stored < context.Options.Sessions; seed++)
        {
            var events = (int)Math.Min(Chunk, (context.Options.Sessions - stored) * EventsPerSession + 1000);
            var load = StreamLoad.Of(Site, ShopTraffic.Recent(Site, events, seed), events);
            stored = (await runs.ContinueAsync(load, cancellationToken)).Sessions;
            context.Tell($"{Row.Count(stored)} of {Row.Count(context.Options.Sessions)} sessions stored");
        }
    }
}
