using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.EndToEnd.Tests.Expected;
using SessionPlatform.EndToEnd.Tests.Suites;
using Metrics = SessionPlatform.Contracts.Metrics.V1.Metric.Types.Name;

namespace SessionPlatform.EndToEnd.Tests;

/// <summary>Reports by <c>./sp</c> over a simulated shop, against counting the sessions that the suite lists.</summary>
[Collection(SuiteCollection.Name)]
public sealed class ReportTests(Suite suite) : IAsyncLifetime
{
    private const string Site = "reports";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static IReadOnlyList<Session>? listed;

    private static IReadOnlyList<Session> Sessions => listed!;

    public async Task InitializeAsync()
    {
        if (listed is not null)
            return;
        await suite.CreateSiteAsync(Site, "--domain", "shop.example", "--time-zone", "America/New_York");
        var file = suite.NewFile("shop.jsonl");
        (await suite.SpAsync(
            "simulate", "--site", Site, "--sessions", "400", "--seed", "8", "--until", "2026-03-12T00:00:00Z",
            "--late-percent", "20", "--repeat-percent", "10", "--out", file)).Succeeded();
        (await suite.SpAsync("replay", file, "--site", Site, "--any-age")).Succeeded();
        await suite.WaitAsync();
        listed = await SessionComparison.StoredSessionsAsync(suite, Site);
        Assert.Equal(400, listed.Count);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Days_of_a_series_are_those_of_counting_the_sessions()
    {
        // Over the day on which clocks go forward in New York.
        var answer = GetSeriesResponse.Parser.ParseJson(await PrintAsync(
            "series", "--metric", "sessions,visitors,page-views,bounce-rate,average-duration", "--bots",
            "--from", "2026-03-06", "--to", "2026-03-10"));

        Assert.Equal("America/New_York", answer.TimeZone);
        var days = Assert.Single(answer.Series).Points.Select(point => (Local(point.At), Values(point.Values)));
        var expected = Enumerable.Range(6, 5)
            .Select(day => new DateTime(2026, 3, day, 0, 0, 0, DateTimeKind.Unspecified))
            .Select(day => (day, Figures(Sessions.Where(session => Local(session.StartedAt).Date == day))));
        Assert.Equal(expected, days, (one, other) => one.Item1 == other.Item1 && Same(one.Item2, other.Item2));
        var whole = Sessions.Where(session => Local(session.StartedAt) is { Month: 3, Day: >= 6 and <= 10 });
        Assert.True(Same(Figures(whole), Values(answer.Series[0].Total)));
    }

    [Fact]
    public async Task A_top_list_with_its_filter_is_that_of_counting_the_sessions()
    {
        var answer = GetTopListResponse.Parser.ParseJson(await PrintAsync(
            "top", "entry-page", "--metric", "sessions,visitors", "--limit", "3", "--bots",
            "--filter", "visitor-type is new"));

        var asked = Sessions.Where(session => session.IsNew).ToList();
        var pages = asked.GroupBy(session => session.EntryPage ?? "")
            .OrderByDescending(page => page.Count()).ThenBy(page => page.Key, StringComparer.Ordinal).ToList();
        Assert.Equal(
            pages.Take(3).Select(page => (page.Key, page.Count(), Visitors(page))),
            answer.Rows.Select(row => (row.Value, (int)row.Values[0].Value, (int)row.Values[1].Value)));
        Assert.Equal(pages.Skip(3).Sum(page => page.Count()), (int)(answer.Other?.Values[0].Value ?? 0));
        Assert.Equal([asked.Count, Visitors(asked)], answer.Total.Values.Select(value => (int)value.Value));
    }

    [Fact]
    public async Task Pages_are_those_of_counting_the_journeys()
    {
        var answer = GetTopListResponse.Parser.ParseJson(await PrintAsync("pages", "--limit", "5", "--bots"));

        var pages = Sessions.SelectMany(session => session.Journey).GroupBy(step => step.Path)
            .OrderByDescending(page => page.Count()).ThenBy(page => page.Key, StringComparer.Ordinal).Take(5);
        Assert.Equal(
            pages.Select(page => (page.Key, page.Count())),
            answer.Rows.Select(row => (row.Value, (int)row.Values[0].Value)));
        foreach (var row in answer.Rows)
        {
            var entries = row.Values.Single(value => value.Metric == Metrics.Entries).Value;
            Assert.Equal(Sessions.Count(session => session.HasEntryPage && session.EntryPage == row.Value), entries);
        }
    }

    [Fact]
    public async Task Paths_are_those_of_counting_the_journeys()
    {
        var answer = GetPathsResponse.Parser.ParseJson(await PrintAsync(
            "paths", "--length", "3", "--rule", "/product/*=Product", "--limit", "7", "--bots"));

        var paths = Sessions.Select(Steps).Where(steps => steps.Count >= 2)
            .GroupBy(steps => string.Join(" → ", steps.Take(3))).ToList();
        Assert.Equal(paths.Count, (int)answer.DistinctPaths);
        Assert.Equal(paths.Sum(path => path.Count()), (int)answer.Sessions);
        Assert.Equal(
            paths.Select(path => path.Count()).OrderDescending().Take(7),
            answer.Paths.Select(path => (int)path.Sessions));
        Assert.All(answer.Paths, path => Assert.Equal(
            paths.Single(each => each.Key == string.Join(" → ", path.Pages)).Count(), (int)path.Sessions));
    }

    [Fact]
    public async Task A_file_asks_for_any_report_and_gets_the_same_answer()
    {
        var file = suite.NewFile("transitions.json");
        await File.WriteAllTextAsync(
            file, """{ "transitions": { "length": 2, "limit": 50, "segment": { "includeBots": true } } }""");
        var answer = GetReportResponse.Parser.ParseJson(await PrintAsync("query", file)).Transitions;

        Assert.Equal(
            GetTransitionsResponse.Parser.ParseJson(
                await PrintAsync("transitions", "--length", "2", "--limit", "50", "--bots")),
            answer);
        Assert.Equal(Sessions.Count(session => session.Journey.Count > 0), (int)answer.Sessions);
        var leaving = Sessions.Select(session => session.Journey.Select(step => step.Path).ToList())
            .Count(pages => pages.Count > 0 && pages.Distinct().Count() == 1);
        Assert.Equal(leaving, answer.Transitions.Where(row => !row.HasTo).Sum(row => (int)row.Sessions));
    }

    [Fact]
    public async Task Live_shows_what_comes_in_and_bots_leave_when_they_are_marked()
    {
        const string site = "reports-live";
        await suite.CreateSiteAsync(site);
        using var live = suite.StartSp("live", "--metric", "sessions", "--site", site, "--json");
        try
        {
            Assert.Equal(0, await NextAsync(live));
            foreach (var (visitor, sessions) in new[] { ("one", 1), ("two", 2) })
            {
                await TrackAsync(site, visitor);
                Assert.Equal(sessions, await NextAsync(live));
            }

            (await suite.SpAsync("bots", "mark", "one", "--site", site)).Succeeded();
            Assert.Equal(1, await NextAsync(live));
            (await suite.SpAsync("bots", "unmark", "one", "--site", site)).Succeeded();
            Assert.Equal(2, await NextAsync(live));

            var active = GetActiveVisitorsResponse.Parser.ParseJson(
                (await suite.SpAsync("active", "--site", site, "--json")).Succeeded());
            Assert.Equal((2u, "/now"), (active.Visitors, Assert.Single(active.Pages).Path));
        }
        finally
        {
            live.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Sessions in the next state that is shown.</summary>
    private static async Task<int> NextAsync(Process live)
    {
        using var late = new CancellationTokenSource(Longest);
        var line = await live.StandardOutput.ReadLineAsync(late.Token);
        return (int)GetReportResponse.Parser.ParseJson(line).Series.Series.Single().Total.Single().Value;
    }

    private static List<string> Steps(Session session)
    {
        var steps = new List<string>();
        foreach (var path in session.Journey.Select(step => step.Path))
        {
            var page = path.StartsWith("/product/", StringComparison.Ordinal)
                && !path["/product/".Length..].Contains('/', StringComparison.Ordinal)
                ? "Product"
                : path;
            if (steps.LastOrDefault() != page)
                steps.Add(page);
        }

        return steps;
    }

    private static double?[] Figures(IEnumerable<Session> asked)
    {
        var sessions = asked.ToList();
        return
        [
            sessions.Count,
            Visitors(sessions),
            sessions.Sum(session => session.PageViews),
            sessions.Count == 0 ? null : sessions.Count(session => session.Bounced) / (double)sessions.Count,
            sessions.Count == 0 ? null : sessions.Average(session =>
                (session.EndedAt.ToDateTime() - session.StartedAt.ToDateTime()).TotalSeconds),
        ];
    }

    private static double?[] Values(IEnumerable<MetricValue> values) =>
        [.. values.Select(value => value.HasValue ? value.Value : (double?)null)];

    private static bool Same(double?[] one, double?[] other) => one.Zip(other).All(pair =>
        pair.First.HasValue == pair.Second.HasValue && Math.Abs((pair.First - pair.Second) ?? 0) < 1e-6);

    private static int Visitors(IEnumerable<Session> sessions) =>
        sessions.Select(session => session.VisitorId).Distinct().Count();

    private static DateTime Local(Timestamp time) => TimeZoneInfo.ConvertTimeFromUtc(
        time.ToDateTime(), TimeZoneInfo.FindSystemTimeZoneById("America/New_York"));

    private async Task<string> PrintAsync(params string[] arguments) =>
        (await suite.SpAsync([.. arguments, "--site", Site, "--json"])).Succeeded();

    private async Task TrackAsync(string site, string visitor)
    {
        var request = new TrackRequest
        {
            Events = { new Event { SiteId = site, VisitorId = visitor, Kind = "pageview", Url = "/now" } },
        };
        var answer = await suite.Ingestion().TrackAsync(request, Suite.Present(suite.KeyOf(site, "ingest")));
        Assert.Equal(0u, answer.Rejected);
    }
}
