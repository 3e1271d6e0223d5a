using System.Diagnostics;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Stack;
using SessionPlatform.Benchmarks.Traffic;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Sessionizer;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>
/// Measures freshness while the pipeline is at half load: the time from before an event of a new visitor is sent to
/// the response of Query in which the live funnel counts that visitor.
/// </summary>
internal static class FreshnessBenchmark
{
    private const string LoadSite = "busy";
    private const string ProbeSite = "probes";
    private const double LoadShare = 0.5;
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(500);

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var runs = await context.RunsAsync(cancellationToken);
        var rate = runs.Ordered.EventsPerSecond * LoadShare;
        var lasting = TimeSpan.FromSeconds(context.Options.Pick(60, 15));
        var events = (int)(rate * lasting.TotalSeconds);
        var load = StreamLoad.Of(LoadSite, ShopTraffic.Recent(LoadSite, events, seed: 7), events);
        await runs.Suite.CreateSiteAsync(LoadSite, cancellationToken);
        await runs.Suite.CreateSiteAsync(ProbeSite, cancellationToken);

        context.Tell($"{Row.PerSecond(rate, "events")} for {lasting.TotalSeconds:0} s, a probe every 100 ms");
        var sending = new StreamSender(runs.Suite, load.Batches).SendAsync(rate, cancellationToken);
        var probes = new Probes(runs.Suite);
        var looking = probes.LookAsync(cancellationToken);
        try
        {
            for (var number = 0; !sending.IsCompleted; number++)
            {
                await probes.SendAsync(number, cancellationToken);
                await Task.Delay(ProbeEvery, cancellationToken);
            }
        }
        finally
        {
            probes.IsComplete = true;
        }

        await sending;
        var seen = await looking;
        await runs.Suite.WaitAsync(closed: false, cancellationToken);
        var most = new SessionizerOptions().LiveInterval + Slack;
        return
        [
            new($"median of {seen.Count} events, at {Row.PerSecond(rate, "events")}", Row.Millis(seen.Median)),
            new(
                "99 of 100", Row.Millis(seen.Percentile(99)), "live interval 2 s + 500 ms",
                Row.Fraction(seen.Percentile(99) / most), $"≤ {Row.Millis(most)}", seen.Percentile(99) <= most),
        ];
    }

    private sealed class Probes(RunningSuite suite)
    {
        private readonly Lock gate = new();
        private readonly Dictionary<string, long> sent = new(StringComparer.Ordinal);
        private readonly Samples seen = new();

        /// <summary>Stops sending.</summary>
        public bool IsComplete { get; set; }

        public async Task SendAsync(int number, CancellationToken cancellationToken)
        {
            var visitor = string.Create(CultureInfo.InvariantCulture, $"probe-{number}");
            var request = new TrackRequest
            {
                Events =
                {
                    new Event
                    {
                        EventId = Guid.NewGuid().ToString(), SiteId = ProbeSite, VisitorId = visitor, Kind = "pageview",
                        ClientTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
                        Url = "https://shop.example/product/teapot",
                    },
                },
            };
            lock (gate)
                sent[visitor] = Stopwatch.GetTimestamp();
            await suite.Ingestion.TrackAsync(request, suite.AsPlatform(cancellationToken));
        }

        /// <summary>Polls the funnel until it has counted every probe.</summary>
        public async Task<Samples> LookAsync(CancellationToken cancellationToken)
        {
            var counted = 0u;
            var lastNews = Stopwatch.GetTimestamp();
            while (!IsComplete || Waiting > 0)
            {
                var answer = await suite.Query.GetFunnelResultAsync(
                    new GetFunnelResultRequest { SiteId = ProbeSite, Name = "ecommerce" },
                    suite.AsPlatform(cancellationToken));
                var now = Stopwatch.GetTimestamp();
                if (answer.Stages[0].Sessions > counted)
                {
                    (counted, lastNews) = (answer.Stages[0].Sessions, now);
                    await NoteAsync(now, cancellationToken);
                }
                else if (Stopwatch.GetElapsedTime(lastNews) > LongestWait)
                {
                    throw new TimeoutException($"{Waiting} events are not in the funnel after {LongestWait}.");
                }

                await Task.Delay(LookEvery, cancellationToken);
            }

            return seen;
        }

        private int Waiting
        {
            get
            {
                lock (gate)
                    return sent.Count;
            }
        }

        // The funnel only counts; whom it counted is told by the documents, which change in the same transaction.
        private async Task NoteAsync(long now, CancellationToken cancellationToken)
        {
            await using var command = suite.Funnels.CreateCommand(
                "SELECT visitor_id FROM session_documents WHERE site_id = $1 AND NOT retracted");
            command.Parameters.Add(new() { Value = ProbeSite });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                lock (gate)
                {
                    if (sent.Remove(reader.GetString(0), out var when))
                        seen.Add(Stopwatch.GetElapsedTime(when, now));
                }
            }
        }
    }
}
