namespace SessionPlatform.Funnel.Funnels.Attempts;

/// <summary>The attempt that counts for an actor.</summary>
/// <param name="Taken">
/// For each step, the index of the event that took it, or -1. In an unordered funnel, the n-th entry is the event that
/// took the n-th step in order of time.
/// </param>
/// <param name="StepOf">
/// In an unordered funnel, the step that each entry of <paramref name="Taken"/> took; null for other funnels.
/// </param>
internal sealed record Attempt(int[] Taken, int[]? StepOf = null)
{
    /// <summary>The index of the event that the attempt begins with.</summary>
    public int First => Taken[0];

    /// <summary>The last step that was taken, counted from 0.</summary>
    public int Last { get; } = Array.FindLastIndex(Taken, index => index >= 0);

    /// <summary>Returns the event of the last step that was taken before this one.</summary>
    public int EventBefore(int step)
    {
        do
            step--;
        while (Taken[step] < 0);
        return Taken[step];
    }
}

/// <summary>Finds the attempt that counts, as a pure function of the events of an actor.</summary>
internal interface IMatcher
{
    /// <summary>Returns the attempt that counts; null when not even the first step was taken.</summary>
    /// <param name="events">The events of the actor, in order of time.</param>
    Attempt? Find(ReadOnlySpan<MarkedEvent> events);
}
