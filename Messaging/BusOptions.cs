using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Messaging;

/// <summary>Section <c>Bus</c>. <see cref="Partitions"/> must be the same for every service.</summary>
public sealed class BusOptions
{
    public const string Section = "Bus";

    /// <summary>
    /// Queues that each partitioned message type is spread over. Default 4; 1-256. Also the most replicas that can
    /// share the work.
    /// </summary>
    [Range(1, 256)]
    public int Partitions { get; set; } = 4;

    /// <summary>
    /// Bytes of messages that one queue holds before the broker refuses more. Default 256 MiB; 1 KiB or more.
    /// </summary>
    [Range(1024, long.MaxValue)]
    public long MaxQueueBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long a publisher waits for the broker's confirm. Default 10 s; 100 ms - 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Messages of one queue that are under way to, or in, a consumer. Default 20; two batches keep it busy.
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
    /// First pause before a failed batch is tried again; each further one is twice as long. Default 100 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause before a failed batch is tried again. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often a message that fails for itself is tried before it goes to the error queue. Default 3; 1-100.
    /// </summary>
    [Range(1, 100)]
    public int MessageTries { get; set; } = 3;

    /// <summary>
    /// What a batch has left to finish once the service stops; what does not is delivered again. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
