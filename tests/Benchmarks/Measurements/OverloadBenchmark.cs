using SessionPlatform.Benchmarks.Harness;
using SessionPlatform.Benchmarks.Stack;
using SessionPlatform.Benchmarks.Traffic;
using SessionPlatform.Ingestion.Configuration;
using SessionPlatform.Messaging;

namespace SessionPlatform.Benchmarks.Measurements;

/// <summary>
/// Measures overload by a gateway that offers twice the capacity of the suite: accepted events, acknowledgement
/// latency, memory, and the time to recover.
/// </summary>
internal static class OverloadBenchmark
{
    private const string Name = "over";
    private const string LoneSite = "lone";
    private const double OfferedShare = 2;
    private const int BatchesOfRound = 400;
    private const double MostGrowth = 1.1;
    // Of HTTP/2, by default of the server: what is sent and not yet read.
    private const double StreamWindowBytes = 768 * 1024;
    private static readonly TimeSpan MostRecovery = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var runs = await context.RunsAsync(cancellationToken);
        var (suite, rate) = (runs.Suite, runs.Ordered.EventsPerSecond * OfferedShare);
        var lasting = TimeSpan.FromSeconds(context.Options.Pick(300, 10));
        var rounds = new Rounds(
            Name, BatchesOfRound, (int)(rate * lasting.TotalSeconds / StreamLoad.BatchEvents), seed: 11);
        foreach (var site in rounds.Sites.Append(LoneSite))
            await suite.CreateSiteAsync(site, cancellationToken);

        context.Tell($"{Row.PerSecond(rate, "events")} for {lasting.TotalSeconds:0} s");
        var run = await OverloadRun.MeasureAsync(suite, rounds, rate, lasting, LoneSite, cancellationToken);
        return
        [
            .. AcceptedRows(run, rounds, runs.Ordered.EventsPerSecond, lasting),
            .. MemoryRows(run, suite.Processes, lasting),
            .. AfterwardsRows(run),
            .. await StoredRowsAsync(context, run, rounds, suite, cancellationToken),
        ];
    }

    private static IEnumerable<Row> AcceptedRows(
        OverloadRun run, Rounds rounds, double ordered, TimeSpan lasting)
    {
        var offered = EventsOf(rounds.Count) / lasting.TotalSeconds;
        var accepted = EventsOf(run.Sender.Acknowledged) / run.Accepting.TotalSeconds;
        var reference = $"ordered: {Row.PerSecond(ordered, "events")}";
        yield return new(
            $"offered for {lasting.TotalSeconds:0} s", Row.PerSecond(offered, "events"), reference,
            Row.Fraction(offered / ordered));
        yield return new(
            "accepted: acknowledged", Row.PerSecond(accepted, "events"), reference, Row.Fraction(accepted / ordered));

        // What is begun and not acknowledged is in Ingestion, in the window of the connection, or being written; so a
        // batch takes no longer on average than all of that takes at the rate of the acknowledgements.
        var begun = new IngestionOptions().StreamBatchesInFlight + (StreamWindowBytes / rounds.BatchBytes) + 1;
        var turn = TimeSpan.FromSeconds(begun * StreamLoad.BatchEvents / accepted);
        // No confirm is awaited longer: then the batch is refused.
        var most = new BusOptions().PublishTimeout;
        var times = run.Sender.Latencies;
        yield return new(
            $"first write to ack, median of {Row.Count(times.Count)} batches", Row.Millis(times.Median),
            $"{begun:0.0} batches begun at once, at the rate accepted: {Row.Millis(turn)}",
            Row.Fraction(times.Median / turn), $"≤ {Row.Millis(turn)}", times.Median <= turn);
        yield return new(
            "99 of 100", Row.Millis(times.Percentile(99)), "PublishTimeout", Row.Fraction(times.Percentile(99) / most),
            $"≤ {Row.Millis(most)}", times.Percentile(99) <= most);
        yield return new(
            "the slowest, refused ones too", Row.Millis(times.Percentile(100)), "PublishTimeout",
            Row.Fraction(times.Percentile(100) / most), $"≤ {Row.Millis(most)}", times.Percentile(100) <= most);
    }

    private static IEnumerable<Row> MemoryRows(OverloadRun run, ServiceProcesses processes, TimeSpan lasting) =>
        processes.Names.Select(service =>
        {
            var third = run.Memory.Between(service, lasting * 0.3, lasting * 0.4);
            var end = run.Memory.Between(service, lasting * 0.9, lasting);
            var growth = (double)end / third;
            return new Row(
                $"memory of {service} at the end", Row.MegaBytes(end), $"at a third: {Row.MegaBytes(third)}",
                Row.Fraction(growth), $"≤ {Row.Fraction(MostGrowth)}: no growth", growth <= MostGrowth);
        });

    private static IEnumerable<Row> AfterwardsRows(OverloadRun run)
    {
        yield return new(
            "until a lone call is as fast as before", run.Recovered is { } time ? Seconds(time) : "not in a minute",
            $"before: {Row.Millis(run.LoneBefore)}, as fast: ≤ {Row.Count(OverloadRun.MostSlower)} times that",
            Target: $"≤ {Seconds(MostRecovery)}", Reached: run.Recovered <= MostRecovery);
        yield return new(
            "until all that was accepted is in sessions and funnel", Seconds(run.Applied),
            $"backlog: {Row.Count(run.Backlog)} events");
    }

    // What was refused went through in the end, in order and once, if of each site exactly the first batches are there.
    private static async Task<IEnumerable<Row>> StoredRowsAsync(
        BenchContext context, OverloadRun run, Rounds rounds, RunningSuite suite, CancellationToken cancellationToken)
    {
        context.Tell("counting what is stored");
        var batches = run.Sender.Acknowledged;
        var (sites, different) = (rounds.SitesOf(batches), rounds.EventsOf(batches));
        var counts = await StoredEvents.CountAsync(suite, rounds.Sites, cancellationToken);
        var stored = counts.Values.Sum(count => count.Events);
        var (_, again) = await StoredEvents.CommittedAsync(suite, rounds.Sites, cancellationToken);
        var same = counts.Count == sites.Count
            && sites.Zip(different).All(site => counts[site.First].Events == site.Second)
            // The same events round after round make the same sessions.
            && sites.SkipLast(1).Select(site => counts[site].Sessions).Distinct().Count() <= 1;
        return
        [
            new(
                "refused, and sent again", $"{run.Sender.Interruptions} times",
                $"{Row.Count(again)} events came twice and were dropped"),
            new(
                $"stored of {sites.Count} sites, each as far as acknowledged", $"{Row.Count(stored)} events",
                $"acknowledged: {Row.Count(EventsOf(batches))}", Target: "the same", Reached: same),
            await PipelineBenchmark.AuditAsync(context, suite, sites[0], cancellationToken),
            await PipelineBenchmark.AuditAsync(context, suite, sites[^1], cancellationToken),
        ];
    }

    private static long EventsOf(int batches) => (long)batches * StreamLoad.BatchEvents;

    private static string Seconds(TimeSpan time) => $"{Row.Count(Math.Round(time.TotalSeconds, 2))} s";
}
