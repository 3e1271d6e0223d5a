using System.ComponentModel.DataAnnotations;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Configuration;

/// <summary>Settings of the Ingestion service. Section <c>Ingestion</c>.</summary>
internal sealed class IngestionOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Ingestion";

    /// <summary>
    /// Maximum number of events in one message. Default 1000, 1–1000: the contract allows no more.
    /// </summary>
    [Range(1, 1000)]
    public int MessageEvents { get; set; } = 1000;

    /// <summary>
    /// Size in bytes at which a message is published even with fewer events. Default 64 KiB, 1 KiB – 16 MiB: large
    /// enough that the cost of a message is negligible, and below the threshold of .NET's large object heap, which is
    /// collected only together with the whole heap.
    /// </summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MessageBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// How long a message waits for more events. Default 5 ms, 0–1 s: it is the latency that a lone caller pays for
    /// batching the events of many callers.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Maximum number of messages per partition that wait for the broker's confirm at once. Default 4, 1–64.
    /// </summary>
    [Range(1, 64)]
    public int PublishesInFlight { get; set; } = 4;

    /// <summary>
    /// How long a message is held and retried while its queue is full, before its callers are refused. Default 10 s,
    /// 0–1 min. Meanwhile their streams are not read further, nor those of others once <see cref="PendingBytes"/> are
    /// held. The setting is named <c>HoldWhenFull</c>.
    /// </summary>
    [ConfigurationKeyName("HoldWhenFull")]
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan BackpressureTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Maximum bytes of requests that are processed at once; beyond it callers wait and streams are not read. Default
    /// 32 MiB, 1 MiB – 1 GiB: one request of the largest size. Events take several times their size in memory.
    /// </summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int PendingBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Maximum number of batches of one stream that wait for their acknowledgement. Default 8, 1–256.
    /// </summary>
    [Range(1, 256)]
    public int StreamBatchesInFlight { get; set; } = 8;

    /// <summary>
    /// Folder of the user-agent data, absolute or relative to the program. Default <c>UserAgents</c>, where the build
    /// puts the files. Without them the device fields stay empty.
    /// </summary>
    [Required]
    public string UserAgentFolder { get; set; } = UserAgentData.Folder;

    /// <summary>
    /// Capacity of the user-agent cache. Default 10,000, 100–1,000,000: about 10 MB at usual lengths. The setting is
    /// named <c>UserAgentsRemembered</c>.
    /// </summary>
    [ConfigurationKeyName("UserAgentsRemembered")]
    [Range(100, 1_000_000)]
    public int UserAgentCacheCapacity { get; set; } = 10_000;
}
