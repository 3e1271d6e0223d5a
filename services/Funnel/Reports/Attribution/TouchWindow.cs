using static SessionPlatform.Contracts.Attribution.V1.GetAttributionRequest.Types;

namespace SessionPlatform.Funnel.Reports.Attribution;

/// <summary>A touch: a session with the value that it is credited under.</summary>
internal readonly record struct Touch(DateTime StartedAt, string Value, bool IsDirect);

/// <summary>The sessions of one person within the look-back window of the latest one.</summary>
internal sealed class TouchWindow(TimeSpan lookBack)
{
    private readonly Queue<Touch> touches = new();
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private Touch latest;
    private Touch? latestNonDirect;

    /// <summary>Starts over for another person.</summary>
    public void Clear()
    {
        touches.Clear();
        counts.Clear();
        latestNonDirect = null;
    }

    /// <summary>Adds a session that is later than all previous ones.</summary>
    public void Add(Touch touch)
    {
        latest = touch;
        if (!touch.IsDirect)
            latestNonDirect = touch;
        touches.Enqueue(touch);
        counts[touch.Value] = counts.GetValueOrDefault(touch.Value) + 1;
        while (IsTooOld(touches.Peek()))
        {
            var old = touches.Dequeue();
            if (--counts[old.Value] == 0)
                counts.Remove(old.Value);
        }
    }

    /// <summary>
    /// Returns the values that a conversion of the latest session is credited to, and the number of parts.
    /// </summary>
    public IEnumerable<(string Value, int Some, int Parts)> Credited(Model model) => model switch
    {
        Model.First => [(touches.Peek().Value, 1, 1)],
        Model.Linear => counts.Select(count => (count.Key, count.Value, touches.Count)),
        Model.LastNonDirect when latestNonDirect is { } touch && !IsTooOld(touch) => [(touch.Value, 1, 1)],
        _ => [(latest.Value, 1, 1)],
    };

    private bool IsTooOld(Touch touch) => touch.StartedAt < latest.StartedAt - lookBack;
}
