using SessionPlatform.Contracts.Query.V1;

namespace SessionPlatform.Query.Waiting;

/// <summary>How far a checkpoint has come through the pipeline.</summary>
/// <param name="Phase">The phase that it is in.</param>
/// <param name="Remaining">Partitions, or sessions to close, that the phase still waits for; 0 when unknown.</param>
internal sealed record CheckpointProgress(WaitResponse.Types.Phase Phase, uint Remaining)
{
    public static CheckpointProgress Done { get; } = new(WaitResponse.Types.Phase.Done, 0);

    public bool IsDone => Phase == WaitResponse.Types.Phase.Done;

    public static CheckpointProgress At(WaitResponse.Types.Phase phase, Checkpoint checkpoint, int passed) =>
        new(phase, (uint)(checkpoint.Partitions - passed));
}
