namespace SessionPlatform.Database;

/// <summary>
/// The keys of all advisory locks with a fixed number. They differ from each other; what a key means is local to the
/// service's own database. Replicas of a service share the keys, also across versions, so a key never changes.
/// </summary>
public static class AdvisoryLocks
{
    /// <summary>Held in a transaction that applies migrations.</summary>
    public const long Migrations = 0x5e5510_0001;

    /// <summary>Held in a transaction that creates month partitions.</summary>
    public const long MonthPartitions = 0x5e5510_0002;

    /// <summary>Held by the replica that publishes sessions from the outbox.</summary>
    public const long SessionRelay = 0x5e5510_0003;

    /// <summary>Held by the replica that closes sessions.</summary>
    public const long SessionCloser = 0x5e5510_0004;

    /// <summary>Held by the replica that recomputes sessions.</summary>
    public const long Reprocessor = 0x5e5510_0005;

    /// <summary>The first half of the two-part keys that guard the rules of sites.</summary>
    public const int SiteRulesClass = 0x5e5510;
}
