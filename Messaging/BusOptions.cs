using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Messaging;

/// <summary>
/// The settings of the bus, section <c>Bus</c>. <see cref="Partitions"/> must be the same for every service.
/// </summary>
public sealed class BusOptions
{
    public const string Section = "Bus";

    /// <summary>
    /// Number of queues over which each partitioned message type is spread. Default 4; 1-256. No more replicas than
    /// this can share the work.
    /// </summary>
    [Range(1, 256)]
    public int Partitions { get; set; } = 4;

    /// <summary>
    /// Size limit of one queue; the broker refuses messages beyond it. Default 256 MiB; 1 KiB or more.
    /// </summary>
    [Range(1024, long.MaxValue)]
    public long MaxQueueBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long a publisher waits for the broker's confirm. Default 10 s; 100 ms - 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Unacknowledged messages of one queue that the broker delivers to a consumer. Default 20: two batches keep the
    /// consumer busy.
    /// </summary>
    [Range(1, 1000)]
    public ushort PrefetchCount { get; set; } = 20;

    /// <summary>Most messages in one batch. Default 10; not above <see cref="PrefetchCount"/>.</summary>
    [Range(1, 1000)]
    public int BatchMessages { get; set; } = 10;

    /// <summary>How long a batch waits for more messages after its first. Default 50 ms; up to 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan BatchLinger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// First pause before a failed batch is retried; each further pause is twice as long. Default 100 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause before a failed batch is retried. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Attempts to process a message with a permanent failure before it goes to the error queue. Default 3; 1-100.
    /// </summary>
    [Range(1, 100)]
    public int MessageTries { get; set; } = 3;

    /// <summary>
    /// Time that a batch has to finish after the service began to stop; otherwise it is delivered again. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
