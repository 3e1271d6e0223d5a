using System.Collections.Concurrent;

namespace SessionPlatform.Cli.Tests;

/// <summary>
/// A time provider whose delays complete at once and count as elapsed, so that tests do not wait.
/// </summary>
internal sealed class QuickTime : TimeProvider
{
    private long passed;

    /// <summary>The delays requested so far.</summary>
    public ConcurrentQueue<TimeSpan> Pauses { get; } = new();

    // Deadlines of calls are compared with the system's clock, so GetUtcNow stays that.
    public override long GetTimestamp()
    {
        var seconds = TimeSpan.FromTicks(Interlocked.Read(ref passed)).TotalSeconds;
        return System.GetTimestamp() + (long)(seconds * TimestampFrequency);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            Pauses.Enqueue(dueTime);
            Interlocked.Add(ref passed, dueTime.Ticks);
        }

        return System.CreateTimer(
            callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
