namespace SessionPlatform.Query.Waiting;

/// <summary>A marker that Ingestion placed in every partition behind the events acknowledged so far.</summary>
internal sealed class Checkpoint(string id, int partitions)
{
    public string Id => id;

    public int Partitions => partitions;

    /// <summary>
    /// Whether the Sessionizer has published everything before it, so that only Funnel needs to be asked.
    /// </summary>
    public bool IsPublished { get; set; }

    /// <summary>The last known progress; null when unknown.</summary>
    public CheckpointProgress? Progress { get; set; }
}
