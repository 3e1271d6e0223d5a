namespace SessionPlatform.Funnel.Recounting;

/// <summary>Wakes the recounter before its interval ends.</summary>
internal sealed class RecountSignal : IDisposable
{
    private readonly SemaphoreSlim raised = new(0, 1);

    /// <summary>Requests a recount; further calls before it starts have no effect.</summary>
    public void Raise()
    {
        try
        {
            raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // The signal is already raised.
        }
    }

    /// <summary>Waits until the signal is raised, at most <paramref name="timeout"/>.</summary>
    public Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        raised.WaitAsync(timeout, cancellationToken);

    public void Dispose() => raised.Dispose();
}
