namespace SessionPlatform.Funnel.Recounting;

/// <summary>Wakes the recounter before its interval is over.</summary>
internal sealed class RecountSignal : IDisposable
{
    private readonly SemaphoreSlim raised = new(0, 1);

    public void Raise()
    {
        try
        {
            raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is raised already.
        }
    }

    /// <summary>Returns when it is raised, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        raised.WaitAsync(atMost, cancellationToken);

    public void Dispose() => raised.Dispose();
}
