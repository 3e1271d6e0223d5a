using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Stack;
using SessionPlatform.Benchmarks.Traffic;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Access;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>
/// Measures the Funnel's applier on a real PostgreSQL: each session is applied as open first, then as closed, which
/// the target refers to.
/// </summary>
internal static class ApplyBenchmark
{
    private const string SiteId = "apply";
    private const double Target = 3;
    private const int EventsPerSession = 10;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var ordered = (await context.RunsAsync(cancellationToken)).Ordered;
        var events = Math.Min(context.Options.Events, context.Options.Pick(500_000, 100_000));
        context.Tell($"about {Row.Count(events / EventsPerSession)} sessions to apply");
        await using var database = await PrivateDatabase.StartAsync(
            "funnels", typeof(FunnelOptions).Assembly, _ => { }, cancellationToken);
        var applier = new Applier(
            database.DataSource, new Configurations(database.DataSource, new OneSite()), NullLogger<Applier>.Instance);

        var (opened, closed) = Facts(events);
        // The first ones run twice, because nothing is compiled yet.
        await ApplyAsync(applier, [.. opened.Take(2000)], cancellationToken);
        var first = await ApplyAsync(applier, opened, cancellationToken);
        var second = await ApplyAsync(applier, closed, cancellationToken);
        return
        [
            RowOf("sessions seen for the first time", opened.Count / first.TotalSeconds, ordered, isTarget: false),
            RowOf(
                "SessionClosed of sessions that were open", closed.Count / second.TotalSeconds, ordered,
                isTarget: true),
        ];
    }

    private static Row RowOf(string what, double rate, PipelineRun ordered, bool isTarget)
    {
        var ratio = rate / ordered.SessionsPerSecond;
        return new(
            what, Row.PerSecond(rate, "facts"), $"pipeline: {Row.PerSecond(ordered.SessionsPerSecond, "sessions")}",
            Row.Fraction(ratio), isTarget ? $"≥ {Target:0}" : "", isTarget ? ratio >= Target : null);
    }

    private static async Task<TimeSpan> ApplyAsync(
        Applier applier, List<SessionFact> facts, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var chunk in facts.Chunk(new FunnelOptions().ApplyBatch))
            await applier.ApplyAsync(chunk.Select(Change.Of), cancellationToken);
        return Stopwatch.GetElapsedTime(started);
    }

    // In the order of their ends, as the Sessionizer publishes them.
    private static (List<SessionFact> Opened, List<SessionFact> Closed) Facts(int events)
    {
        var rules = new RulesTimeline(SessionRules.From(SiteRulesDefaults.Complete(null)));
        var accepted = Accepted.Of(SiteId);
        var sessions = new List<SessionAccumulator>();
        var streams = ShopTraffic.Recent(SiteId, events, seed: 1).Select(accepted.From).GroupBy(e => e.StreamKey);
        foreach (var stream in streams)
            StreamWalk.Append(null, [.. stream.OrderBy(EventKey.Of)], rules, sessions);
        sessions.Sort((one, other) => one.Last.CompareTo(other.Last));
        return (
            sessions.ConvertAll(s => new SessionFact { Updated = new() { Document = At(s, 1, closed: false) } }),
            sessions.ConvertAll(s => new SessionFact { Closed = new() { Document = At(s, 2, closed: true) } }));
    }

    private static SessionDocument At(SessionAccumulator session, int revision, bool closed)
    {
        session.Revision = revision;
        session.Closed = closed;
        return session.ToDocument();
    }

    private sealed class OneSite : ISiteDirectory
    {
        private readonly Site site = new()
        {
            SiteId = SiteId, RulesVersion = 1, Rules = SiteRulesDefaults.Complete(null),
        };

        public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Site?>(site);
    }
}
