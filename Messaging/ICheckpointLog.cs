namespace SessionPlatform.Messaging;

/// <summary>Records passed checkpoints. A consuming service registers its own implementation.</summary>
public interface ICheckpointLog
{
    /// <summary>
    /// Records that every delivery ahead of the checkpoint's marker on the partition's queue is finished: applied, or
    /// moved to the error queue. It is called again for a marker that is delivered again, and retried when it throws.
    /// </summary>
    Task PassedAsync(string checkpointId, int partition, CancellationToken cancellationToken);
}
