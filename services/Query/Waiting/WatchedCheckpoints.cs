using System.Collections;

namespace SessionPlatform.Query.Waiting;

/// <summary>
/// The checkpoints of a wait, oldest first. Each covers everything that the earlier ones cover, so that the wait ends
/// with the first that arrives. Older ones are kept while newer ones are placed: behind a long backlog nothing moves
/// for a while, and the oldest marker that was not lost arrives first.
/// </summary>
internal sealed class WatchedCheckpoints : IEnumerable<Checkpoint>
{
    /// <summary>Maximum number of watched checkpoints; each costs a call at every poll.</summary>
    public const int MaxCount = 8;

    private readonly List<Checkpoint> checkpoints = [];

    public int Count => checkpoints.Count;

    /// <summary>The progress of the checkpoint that came furthest; null when none is known.</summary>
    public CheckpointProgress? Furthest => checkpoints
        .Select(checkpoint => checkpoint.Progress)
        .OfType<CheckpointProgress>()
        .OrderByDescending(progress => progress.Phase)
        .ThenBy(progress => progress.Remaining)
        .FirstOrDefault();

    /// <summary>
    /// Adds a checkpoint. When the maximum is reached, every second one is dropped, so that old and new ones remain.
    /// </summary>
    public void Add(Checkpoint checkpoint)
    {
        if (checkpoints.Count == MaxCount)
        {
            for (var index = MaxCount - 1; index > 0; index -= 2)
                checkpoints.RemoveAt(index);
        }

        checkpoints.Add(checkpoint);
    }

    /// <summary>Resets the progress of all checkpoints, before they are watched for another target.</summary>
    public void Reset()
    {
        foreach (var checkpoint in checkpoints)
            checkpoint.Progress = null;
    }

    public IEnumerator<Checkpoint> GetEnumerator() => checkpoints.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
