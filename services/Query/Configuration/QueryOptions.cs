using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Query.Configuration;

/// <summary>Settings of the Query service. Section <c>Query</c>.</summary>
internal sealed class QueryOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Query";

    /// <summary>
    /// Deadline of a call whose caller set none. Default 30 s, 1 s – 10 min: without one a call could hold its database
    /// connection forever.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Maximum number of retries of a call that ended as UNAVAILABLE. Default 5, 0–20: about 3 s, the time of a
    /// restart.
    /// </summary>
    [Range(0, 20)]
    public int Retries { get; set; } = 5;

    /// <summary>Delay before the first retry; it doubles each time, with jitter. Default 100 ms, 1 ms – 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Maximum delay between retries. Default 2 s, 1 ms – 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan LongestRetryPause { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Delay after which a read without an answer is hedged: a second request goes to another replica where there is
    /// one, and the first answer counts. Default 2 s, 1 ms – 10 min: well over what queries take, or it would double
    /// their load.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan HedgeAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Failure ratio, the share of calls that end as UNAVAILABLE, at which the circuit of a service opens. Default 0.5,
    /// 0.01–1.
    /// </summary>
    [Range(0.01, 1.0)]
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>
    /// Minimum number of calls within <see cref="BreakerWindow"/> before the circuit may open. Default 10, 2–100,000.
    /// </summary>
    [Range(2, 100_000)]
    public int BreakerMinimumCalls { get; set; } = 10;

    /// <summary>Sampling duration of the failure ratio. Default 10 s, 0.5 s – 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Break duration: how long the circuit stays open before one call probes the service. Default 2 s, 0.5 s – 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Time without progress after which a checkpoint may be lost with a process that died, so that another one is
    /// placed. Default 10 s, 50 ms – 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan CheckpointPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Timeout of one call about a checkpoint. Default 5 s, 0.1 s – 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan CheckpointCallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Minimum interval between two computations of a watched report. Default 1 s, 50 ms – 1 min: a change is seen
    /// within the live interval plus this one. A slow report is computed less often, so that a watcher takes a tenth of
    /// a core.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(1);
}
