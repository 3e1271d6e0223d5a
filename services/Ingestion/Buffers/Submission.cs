namespace SessionPlatform.Ingestion.Buffers;

/// <summary>
/// One caller's share in the messages that its events went into. Complete when the broker has confirmed all of them,
/// or refused one. The caller may stop waiting at any time; its events go their way with the others.
/// </summary>
internal sealed class Submission(Action completed)
{
    private readonly TaskCompletionSource<Exception?> completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? failure;

    // The caller's own share, until it has handed in everything.
    private int shares = 1;

    /// <summary>The failure that keeps at least one event from being durable; null when all are.</summary>
    public Task<Exception?> Completion => completion.Task;

    /// <summary>A message holds events of the caller.</summary>
    public void AddShare() => Interlocked.Increment(ref shares);

    /// <summary>A message is confirmed, or failed; or the caller has handed in everything.</summary>
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
