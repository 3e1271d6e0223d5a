namespace SessionPlatform.Messaging;

/// <summary>
/// A circuit breaker for the broker. While it is open, callers fail at once instead of waiting for a timeout each; one
/// caller at a time is let through to find out whether the broker answers again.
/// </summary>
internal sealed class CircuitBreaker
{
    private readonly Lock sync = new();
    private bool open;
    private bool probing;

    /// <summary>
    /// Returns whether the caller may try. If so, it ends the try with <see cref="Close"/>, <see cref="Open"/> or
    /// <see cref="Release"/>.
    /// </summary>
    public bool TryAcquire()
    {
        lock (sync)
        {
            if (!open)
                return true;
            if (probing)
                return false;
            return probing = true;
        }
    }

    /// <summary>Reports that the broker answered.</summary>
    public void Close()
    {
        lock (sync)
            open = probing = false;
    }

    /// <summary>Reports that the broker did not answer.</summary>
    public void Open()
    {
        lock (sync)
            (open, probing) = (true, false);
    }

    /// <summary>Reports that the caller gave up before it knew whether the broker answers.</summary>
    public void Release()
    {
        lock (sync)
            probing = false;
    }
}
