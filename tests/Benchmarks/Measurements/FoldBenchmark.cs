using System.Diagnostics;
using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Traffic;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>Measures the Sessionizer's rules alone: events in memory to sessions in memory.</summary>
internal static class FoldBenchmark
{
    private const double TargetEventsPerSecond = 2e6;
    private const int Rounds = 7;
    // Beyond them neither events nor page views, which are a third of them, are kept but counted.
    private const int KeptEvents = 3 * SessionJourney.MaxSteps + 3;
    // Long enough for the runtime to compile hot code in the background.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private static readonly RulesTimeline Rules = new(SessionRules.From(SiteRulesDefaults.Complete(null)));

    public static Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var events = Math.Min(context.Options.Events, context.Options.Pick(200_000, 50_000));
        context.Tell($"{Row.Count(events)} events of a shop in memory");
        var visits = ShopVisits(events);
        var shop = Measure(() => FoldAll(visits), cancellationToken);

        context.Tell($"{Row.Count(events)} events of one long session");
        var stream = OneStream.Dense("shop");
        var first = Enumerable.Range(0, KeptEvents).Select(stream.At).ToList();
        var later = Enumerable.Range(KeptEvents, events).Select(stream.At).ToList();
        var steady = Measure(() => FoldLater(first, later), cancellationToken);

        return Task.FromResult<IReadOnlyList<Row>>(
        [
            RowOf("a shop's visits, sessions begun and all", events, shop, mostBytes: null),
            RowOf("steady state: one session beyond what is kept of its events", events, steady, mostBytes: 0),
        ]);
    }

    private static Row RowOf(string what, int events, (TimeSpan Time, long Bytes) cost, long? mostBytes)
    {
        var (rate, bytes) = (events / cost.Time.TotalSeconds, (double)cost.Bytes / events);
        return new(
            what,
            $"{Row.PerSecond(rate, "events")}, {Row.Count(Math.Round(bytes, 2))} bytes allocated/event",
            Target: $"≥ 2M events/s{(mostBytes is null ? "" : ", 0 bytes/event")}",
            Reached: rate >= TargetEventsPerSecond && (mostBytes is null || cost.Bytes <= mostBytes));
    }

    private static List<List<AcceptedEvent>> ShopVisits(int events)
    {
        var accepted = Accepted.Of("shop");
        return [.. ShopTraffic.Recent("shop", events, seed: 1)
            .Select(accepted.From)
            .GroupBy(e => e.StreamKey)
            .Select(stream => stream.OrderBy(EventKey.Of).ToList())];
    }

    private static (TimeSpan Time, long Bytes) FoldAll(List<List<AcceptedEvent>> streams)
    {
        var touched = new List<SessionAccumulator>(1000);
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        foreach (var stream in streams)
        {
            touched.Clear();
            StreamWalk.Append(null, stream, Rules, touched);
        }

        return (Stopwatch.GetElapsedTime(started), GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private static (TimeSpan Time, long Bytes) FoldLater(List<AcceptedEvent> first, List<AcceptedEvent> later)
    {
        var touched = new List<SessionAccumulator>(10);
        StreamWalk.Append(null, first, Rules, touched);
        var session = touched[^1];
        touched.Clear();
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        StreamWalk.Append(session, later, Rules, touched);
        return (Stopwatch.GetElapsedTime(started), GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    // The median round by time; bytes are the same in all.
    private static (TimeSpan Time, long Bytes) Measure(
        Func<(TimeSpan Time, long Bytes)> round, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < WarmUp)
        {
            cancellationToken.ThrowIfCancellationRequested();
            round();
        }

        return Enumerable.Range(0, Rounds).Select(_ => round()).OrderBy(each => each.Time).ElementAt(Rounds / 2);
    }
}
