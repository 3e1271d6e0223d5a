using System.Diagnostics;
using SessionPlatform.Benchmarks.Traffic;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>The times of a load from the first byte sent to the commit of the last session.</summary>
/// <param name="Events">The number of distinct events.</param>
/// <param name="Sessions">The number of resulting sessions.</param>
/// <param name="Acknowledged">The time until all events were acknowledged, that is, durable in the broker.</param>
/// <param name="Committed">The time until all events were in committed sessions.</param>
/// <param name="Applied">The time until all sessions were in the Funnel's numbers.</param>
/// <param name="Interruptions">The number of times that the broker was full.</param>
/// <param name="Processor">The CPU time until <paramref name="Committed"/>, by program.</param>
internal sealed record PipelineRun(
    int Events,
    long Sessions,
    TimeSpan Acknowledged,
    TimeSpan Committed,
    TimeSpan Applied,
    int Interruptions,
    IReadOnlyDictionary<string, TimeSpan> Processor)
{
    // Fine against seconds, and a query of a handful of rows.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public double EventsPerSecond => Events / Committed.TotalSeconds;

    public double SessionsPerSecond => Sessions / Committed.TotalSeconds;

    /// <summary>Sends the load as fast as the suite accepts it; its site exists and is empty.</summary>
    public static async Task<PipelineRun> MeasureAsync(
        RunningSuite suite, StreamLoad load, CancellationToken cancellationToken)
    {
        await suite.CheckpointAsync(cancellationToken);
        // Collects the garbage of creating the load before the run.
        GC.Collect();
        var (eventsBefore, arrivedBefore) = await ArrivedAsync(suite, load.SiteId, cancellationToken);
        var processor = ProcessorTimes.Take(suite.State);
        var sender = new StreamSender(suite, load.Batches);
        var acknowledged = TimeSpan.Zero;
        var sending = SendAsync();
        TimeSpan committed;
        while (true)
        {
            var (events, arrived) = await ArrivedAsync(suite, load.SiteId, cancellationToken);
            committed = Stopwatch.GetElapsedTime(sender.FirstWrite);
            if (events - eventsBefore >= load.Events && arrived - arrivedBefore >= load.Sent && sending.IsCompleted)
                break;
            if (sending.IsFaulted)
                await sending;
            await Task.Delay(Pause, cancellationToken);
        }

        await sending;
        var used = ProcessorTimes.Take(suite.State).Since(processor);
        await suite.WaitAsync(closed: false, cancellationToken);
        var applied = Stopwatch.GetElapsedTime(sender.FirstWrite);
        return new(
            load.Events, await SessionsAsync(suite, load.SiteId, cancellationToken), acknowledged, committed, applied,
            sender.Interruptions, used);

        async Task SendAsync()
        {
            await sender.SendAsync(eventsPerSecond: 0, cancellationToken);
            acknowledged = Stopwatch.GetElapsedTime(sender.FirstWrite);
        }
    }

    public static async Task<long> SessionsAsync(RunningSuite suite, string siteId, CancellationToken cancellationToken)
    {
        await using var command = suite.Sessions.CreateCommand(
            "SELECT count(*) FROM sessions WHERE site_id = $1 AND NOT retracted");
        command.Parameters.Add(new() { Value = siteId });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Counted in the transaction that commits the sessions.
    private static async Task<(long Events, long Arrived)> ArrivedAsync(
        RunningSuite suite, string siteId, CancellationToken cancellationToken)
    {
        await using var command = suite.Sessions.CreateCommand("""
            SELECT coalesce(sum(events), 0)::bigint, coalesce(sum(events + duplicates), 0)::bigint
            FROM arrivals WHERE site_id = $1
            """);
        command.Parameters.Add(new() { Value = siteId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
