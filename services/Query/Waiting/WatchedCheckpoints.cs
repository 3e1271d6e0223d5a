using System.Collections;
using SessionPlatform.Contracts.Query.V1;

namespace SessionPlatform.Query.Waiting;

/// <summary>How far a checkpoint has come.</summary>
/// <param name="Remaining">What is left in the phase; 0 when not known.</param>
internal sealed record Standing(WaitResponse.Types.Phase Phase, uint Remaining)
{
    public static Standing Done { get; } = new(WaitResponse.Types.Phase.Done, 0);

    public bool IsDone => Phase == WaitResponse.Types.Phase.Done;

    public static Standing At(WaitResponse.Types.Phase phase, Checkpoint checkpoint, int passed) =>
        new(phase, (uint)(checkpoint.Partitions - passed));
}

/// <summary>A checkpoint that was placed.</summary>
internal sealed class Checkpoint(string id, int partitions)
{
    public string Id => id;

    public int Partitions => partitions;

    /// <summary>The Sessionizer has published all of it, so only the Funnel needs asking.</summary>
    public bool IsPublished { get; set; }

    /// <summary>Null until it was first seen.</summary>
    public Standing? Standing { get; set; }
}

/// <summary>
/// The checkpoints of a wait, oldest first. Any of them will do, for each covers what the ones before it do. The older
/// ones are kept while newer ones are placed: behind a long backlog nothing moves for a while, and the oldest
/// marker that was not lost is the first to arrive.
/// </summary>
internal sealed class WatchedCheckpoints : IEnumerable<Checkpoint>
{
    /// <summary>Each costs a call at every look.</summary>
    public const int Limit = 8;

    private readonly List<Checkpoint> checkpoints = [];

    public int Count => checkpoints.Count;

    /// <summary>The best standing; null while none was seen.</summary>
    public Standing? Furthest => checkpoints
        .Select(checkpoint => checkpoint.Standing)
        .OfType<Standing>()
        .OrderByDescending(standing => standing.Phase)
        .ThenBy(standing => standing.Remaining)
        .FirstOrDefault();

    /// <summary>
    /// Adds one; when there are too many, every other one is let go, so that old and new ones remain.
    /// </summary>
    public void Add(Checkpoint checkpoint)
    {
        if (checkpoints.Count == Limit)
        {
            for (var index = Limit - 1; index > 0; index -= 2)
                checkpoints.RemoveAt(index);
        }

        checkpoints.Add(checkpoint);
    }

    /// <summary>Forgets where they stand: they are looked at for something else now.</summary>
    public void LookAnew()
    {
        foreach (var checkpoint in checkpoints)
            checkpoint.Standing = null;
    }

    public IEnumerator<Checkpoint> GetEnumerator() => checkpoints.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
