namespace SessionPlatform.Messaging;

/// <summary>
/// Remembers that the broker is away, so that callers fail at once instead of each waiting for its timeout. One of them
/// at a time goes through nonetheless, to find out when it is back.
/// </summary>
internal sealed class BrokerState
{
    private readonly Lock sync = new();
    private bool away;
    private bool probing;

    /// <summary>Whether this caller is to try.</summary>
    public bool TryEnter()
    {
        lock (sync)
        {
            if (!away)
                return true;
            if (probing)
                return false;
            return probing = true;
        }
    }

    /// <summary>The broker answered.</summary>
    public void SetThere()
    {
        lock (sync)
            away = probing = false;
    }

    /// <summary>The broker did not answer.</summary>
    public void SetAway()
    {
        lock (sync)
            (away, probing) = (true, false);
    }

    /// <summary>A caller went before it knew.</summary>
    public void Leave()
    {
        lock (sync)
            probing = false;
    }
}
