using System.Diagnostics;
using SessionPlatform.Benchmarks.Traffic;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>The result of an overload run and the recovery after it.</summary>
/// <param name="Sender">The sender with the times of sending and acknowledgement.</param>
/// <param name="Accepting">The time from the first write to the last acknowledgement.</param>
/// <param name="Memory">The memory of the services during the overload.</param>
/// <param name="LoneBefore">The response time of a single call before the overload.</param>
/// <param name="Recovered">The time from the end of the overload to recovery; null when not reached in time.</param>
/// <param name="Backlog">
/// The number of events acknowledged and not yet in sessions when the last one was acknowledged.
/// </param>
/// <param name="Applied">The time from the end of the overload until all events were in sessions and funnel.</param>
internal sealed record OverloadRun(
    StreamSender Sender,
    TimeSpan Accepting,
    MemoryWatch Memory,
    TimeSpan LoneBefore,
    TimeSpan? Recovered,
    long Backlog,
    TimeSpan Applied)
{
    /// <summary>The factor to the previous response time up to which a single call counts as recovered.</summary>
    public const double MostSlower = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends the load at the given rate for the given time; the sites exist and are empty.</summary>
    public static async Task<OverloadRun> MeasureAsync(
        RunningSuite suite, Rounds rounds, double rate, TimeSpan lasting, string loneSite,
        CancellationToken cancellationToken)
    {
        var lone = new LoneCalls(suite, loneSite);
        var before = await lone.MedianAsync(cancellationToken);
        await suite.CheckpointAsync(cancellationToken);
        GC.Collect();

        var sender = new StreamSender(suite, rounds) { Lasting = lasting };
        var memory = new MemoryWatch(suite.Processes);
        var sending = sender.SendAsync(rate, cancellationToken);
        var looking = memory.LookAsync(lasting, cancellationToken);
        if (await Task.WhenAny(looking, sending) == sending)
            await sending;
        await looking;

        var offered = Stopwatch.GetTimestamp();
        var recovering = lone.RecoverAsync(before * MostSlower, Patience, cancellationToken);
        await sending;
        var accepting = Stopwatch.GetElapsedTime(sender.FirstWrite);
        var stored = (await StoredEvents.CommittedAsync(suite, rounds.Sites, cancellationToken)).Events;
        await suite.WaitAsync(closed: false, cancellationToken);
        var applied = Stopwatch.GetElapsedTime(offered);
        return new(
            sender, accepting, memory, before, await recovering,
            ((long)sender.Acknowledged * StreamLoad.BatchEvents) - stored, applied);
    }
}
