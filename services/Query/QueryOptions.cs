using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Query;

/// <summary>Settings of the Query service; section <c>Query</c>.</summary>
internal sealed class QueryOptions
{
    public const string Section = "Query";

    /// <summary>
    /// How long a call may take whose caller gave no deadline. Default 30 s, 1 s – 10 min: without one a call could
    /// hold its database connection for ever.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a call is tried again that ended as UNAVAILABLE. Default 5, 0–20: about 3 s, a restart.
    /// </summary>
    [Range(0, 20)]
    public int Retries { get; set; } = 5;

    /// <summary>Pause before the first retry; it doubles, with jitter. Default 100 ms, 1 ms – 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between retries. Default 2 s, 1 ms – 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan LongestRetryPause { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A read that has no answer after this long is asked a second time, of another replica where there is one, and
    /// the first answer counts. Default 2 s, 1 ms – 10 min: well over what queries take, or it would double their load.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan HedgeAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Share of calls to a service that must end as UNAVAILABLE for it to be left alone. Default 0.5.
    /// </summary>
    [Range(0.01, 1.0)]
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>
    /// Calls within <see cref="BreakerWindow"/> below which nothing is concluded. Default 10, from 2.
    /// </summary>
    [Range(2, 100_000)]
    public int BreakerMinimumCalls { get; set; } = 10;

    /// <summary>The time over which the share is taken. Default 10 s, 0.5 s – 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a service is left alone before one call tries it. Default 2 s, 0.5 s – 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A checkpoint that came no further for this long may be lost with a process that died, and another one is
    /// placed. Default 10 s, 50 ms – 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan CheckpointPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one look at a checkpoint may take. Default 5 s, 0.1 s – 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan CheckpointCallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often a watched report is computed at most. Default 1 s, 50 ms – 1 min: a change is seen within the live
    /// interval and this. A report that takes long is computed less often, so that watching takes a tenth of a core.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(1);
}
