using System.ComponentModel.DataAnnotations;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion;

/// <summary>How events are gathered into messages. Section <c>Ingestion</c>.</summary>
internal sealed class IngestionOptions : IValidatableObject
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Ingestion";

    private static readonly TimeSpan LongestLinger = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(1);

    /// <summary>Most events of one message; 1-1000, default 1000. The contract allows no more.</summary>
    [Range(1, 1000)]
    public int MessageEvents { get; set; } = 1000;

    /// <summary>
    /// Size in bytes at which a message is published even with fewer events; 1 KiB - 16 MiB, default 64 KiB: large
    /// enough that the cost of a message does not count, and under the size from which .NET keeps arrays apart and
    /// collects them with the whole heap only.
    /// </summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MessageBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// How long a message waits for more events; 0 - 1 s, default 5 ms. It is the price in latency that a lone caller
    /// pays for the messages that many callers share.
    /// </summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Messages that wait for the broker's confirm at once, per partition; 1-64, default 4.</summary>
    [Range(1, 64)]
    public int PublishesInFlight { get; set; } = 4;

    /// <summary>
    /// How long a message whose queue is full is held and tried again before its callers are refused; 0 - 1 min, default
    /// 10 s. Their streams are not read further meanwhile, nor those of others once <see cref="PendingBytes"/> are held.
    /// </summary>
    public TimeSpan HoldWhenFull { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes of requests that are worked on at once; beyond it callers wait and streams are not read. 1 MiB - 1 GiB,
    /// default 32 MiB, which is a request of the largest size. Events take several times their size in memory.
    /// </summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int PendingBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Batches of one stream that may wait for their ack; 1-256, default 8.</summary>
    [Range(1, 256)]
    public int StreamBatchesInFlight { get; set; } = 8;

    /// <summary>
    /// Folder of the data that user agents are recognised by, relative to the program; default <c>UserAgents</c>, where
    /// the build puts them. Without them the fields stay empty.
    /// </summary>
    [Required]
    public string UserAgentFolder { get; set; } = UserAgentData.Folder;

    /// <summary>
    /// User agents that are remembered; 100 - 1,000,000, default 10,000, which are some 10 MB at the most usual length.
    /// </summary>
    [Range(100, 1_000_000)]
    public int UserAgentsRemembered { get; set; } = 10_000;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Linger < TimeSpan.Zero || Linger > LongestLinger)
            yield return new ValidationResult($"Linger must be 0 to {LongestLinger}.", [nameof(Linger)]);
        if (HoldWhenFull < TimeSpan.Zero || HoldWhenFull > LongestHold)
            yield return new ValidationResult($"HoldWhenFull must be 0 to {LongestHold}.", [nameof(HoldWhenFull)]);
    }
}
