namespace SessionPlatform.Messaging;

/// <summary>Learns of checkpoints; a consuming service registers its own.</summary>
public interface ICheckpointLog
{
    /// <summary>
    /// Every delivery that came ahead of the checkpoint's marker on the partition's queue is finished: applied, or
    /// moved to the error queue. Called again for a marker that is delivered again; tried again when it throws.
    /// </summary>
    Task PassedAsync(string checkpointId, int partition, CancellationToken cancellationToken);
}
