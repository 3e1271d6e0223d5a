using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>
/// What the steps know besides the event: its request, who sent it, when, and to how many partitions.
/// </summary>
internal sealed record BatchContext
{
    /// <summary>When the request was received: microseconds since 1970.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>The client's clock when it sent the request: microseconds since 1970. Null: not given.</summary>
    public long? SentAt { get; init; }

    /// <summary>Oldest event by the request, in microseconds; null: the site's rule.</summary>
    public long? MaxEventAge { get; init; }

    /// <summary>Who the client is, as far as the gateway knows.</summary>
    public ClientInfo? Client { get; init; }

    /// <summary>What user agents tell; without it, nothing.</summary>
    public BatchUserAgents UserAgents { get; init; } = BatchUserAgents.Unknowing;

    /// <summary>The site of the key; null for the platform key, which may send events of any site.</summary>
    public Site? KeySite { get; init; }

    /// <summary>With the platform key: the sites that the request names and that exist.</summary>
    public IReadOnlyDictionary<string, Site> Sites { get; init; } = new Dictionary<string, Site>();

    /// <summary>Number of partitions of the bus.</summary>
    public required int Partitions { get; init; }
}
