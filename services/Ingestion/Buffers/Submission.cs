namespace SessionPlatform.Ingestion.Buffers;

/// <summary>
/// Tracks the messages that hold events of one request. It completes when the broker has confirmed all of them, or
/// failed one. The caller may stop waiting at any time; its events are published with the others anyway.
/// </summary>
internal sealed class Submission(Action completed)
{
    private readonly TaskCompletionSource<Exception?> completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? failure;

    // Starts with the share of the caller, which it ends after the last event.
    private int shares = 1;

    /// <summary>The failure that keeps at least one event from being durable; null when all are durable.</summary>
    public Task<Exception?> Completion => completion.Task;

    /// <summary>Adds the share of a message that holds events of the request.</summary>
    public void AddShare() => Interlocked.Increment(ref shares);

    /// <summary>Ends the share of a message that was confirmed or failed, or that of the caller.</summary>
    public void EndShare(Exception? error = null)
    {
        if (error is not null)
            Interlocked.CompareExchange(ref failure, error, null);
        if (Interlocked.Decrement(ref shares) > 0)
            return;
        completed();
        completion.SetResult(Volatile.Read(ref failure));
    }
}
