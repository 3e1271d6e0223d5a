using System.Diagnostics;
using SessionPlatform.Benchmarks.Traffic;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>What became of the suite while it was offered more than it can do, and after.</summary>
/// <param name="Sender">What was sent, and when it was acknowledged.</param>
/// <param name="Accepting">From the first write to the last acknowledgement.</param>
/// <param name="Memory">Of the services, while it was offered.</param>
/// <param name="LoneBefore">How fast a lone call was answered before.</param>
/// <param name="Recovered">From the end of the offering until it was answered as fast; null: not in time.</param>
/// <param name="Backlog">Events acknowledged and not yet in sessions when the last one was acknowledged.</param>
/// <param name="Applied">From the end of the offering until everything was in sessions and funnel.</param>
internal sealed record OverloadRun(
    StreamSender Sender,
    TimeSpan Accepting,
    MemoryWatch Memory,
    TimeSpan LoneBefore,
    TimeSpan? Recovered,
    long Backlog,
    TimeSpan Applied)
{
    /// <summary>A lone call has recovered when it takes no more than so many times what it took.</summary>
    public const double MostSlower = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Offers all of it at the rate for so long; the sites exist and are empty.</summary>
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
