using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>
/// The inputs of the steps besides the event: its request, sender and time, and the number of partitions.
/// </summary>
internal sealed record BatchContext
{
    /// <summary>Time at which the request was received, in microseconds since 1970.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>The client's clock when it sent the request, in microseconds since 1970; null when not given.</summary>
    public long? SentAt { get; init; }

    /// <summary>Maximum age of an event in microseconds; null when the rule of the site applies.</summary>
    public long? MaxEventAge { get; init; }

    /// <summary>What the gateway knows of the client; null when not given.</summary>
    public ClientInfo? Client { get; init; }

    /// <summary>Parses the user agents of the request.</summary>
    public BatchUserAgents UserAgents { get; init; } = BatchUserAgents.Empty;

    /// <summary>The site of the key; null for the platform key, which may send events of any site.</summary>
    public Site? KeySite { get; init; }

    /// <summary>The existing sites that the request names, by id; empty unless sent with the platform key.</summary>
    public IReadOnlyDictionary<string, Site> Sites { get; init; } = new Dictionary<string, Site>();

    /// <summary>Number of partitions of the bus.</summary>
    public required int Partitions { get; init; }
}
