namespace SessionPlatform.Funnel.FunnelReports.Attempts;

/// <summary>The attempt of an actor that counts.</summary>
/// <param name="Taken">
/// By step the event that it was taken by, -1: it was not. Of an unordered funnel by how many steps were taken with it.
/// </param>
/// <param name="StepOf">
/// Of an unordered funnel, by the same: which step that event is. Null: the one it stands at.
/// </param>
internal sealed record Attempt(int[] Taken, int[]? StepOf = null)
{
    /// <summary>The event that it begins with.</summary>
    public int First => Taken[0];

    /// <summary>The last step that was taken, from 0.</summary>
    public int Last { get; } = Array.FindLastIndex(Taken, index => index >= 0);

    /// <summary>The event of the step that was taken before this one.</summary>
    public int EventBefore(int step)
    {
        do
            step--;
        while (Taken[step] < 0);
        return Taken[step];
    }
}

/// <summary>Finds the attempt that counts: a pure function of an actor's events.</summary>
internal interface IMatcher
{
    /// <param name="events">Of the actor, in order of time.</param>
    /// <returns>Null: not even the first step.</returns>
    Attempt? Find(ReadOnlySpan<MarkedEvent> events);
}
