using SessionPlatform.Funnel.Columns;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.Reports.Retention;

/// <summary>Passes the events of a chunk that a report selects to an accumulator.</summary>
internal sealed class ChunkActivity
{
    private readonly ActivitySelection selection;
    private readonly long[] starts;
    private readonly long[] durations;
    private readonly int[] events;
    private readonly bool[] needsTimeline;

    private int[] begins = [];
    private long[] offsets = [];
    private bool[]? matchesTarget;
    private bool[]? matchesReturn;

    /// <param name="isTarget">For each session, whether its events may match the first pattern.</param>
    /// <param name="isReturn">For each session, whether its events may match the second pattern.</param>
    public ChunkActivity(ActivitySelection selection, Chunk chunk, bool[] isTarget, bool[] isReturn)
    {
        this.selection = selection;
        (IsTarget, IsReturn) = (isTarget, isReturn);
        (starts, durations) = (chunk.Values(StartedAt), chunk.Values(Duration));
        events = chunk.Values(Events);
        needsTimeline = new bool[chunk.Sessions];
        for (var session = 0; session < needsTimeline.Length; session++)
            NeedsTimelines |= needsTimeline[session] = Needs(session);
    }

    public bool[] IsTarget { get; }

    public bool[] IsReturn { get; }

    /// <summary>Whether some session spans several intervals, so that its timeline is needed.</summary>
    public bool NeedsTimelines { get; }

    /// <summary>Adds the timelines of the chunk.</summary>
    /// <param name="isTargetEvent">For each event, whether it matches the first pattern; null when all do.</param>
    /// <param name="isReturnEvent">For each event, whether it matches the second pattern; null when all do.</param>
    public void AddTimelines(Chunk timelines, bool[]? isTargetEvent, bool[]? isReturnEvent)
    {
        begins = timelines.Offsets(Timeline);
        offsets = timelines.Values(TimelineOffset);
        (matchesTarget, matchesReturn) = (isTargetEvent, isReturnEvent);
    }

    /// <summary>Adds the sessions to an accumulator.</summary>
    /// <param name="values">The breakdown value of each session; null without a breakdown.</param>
    /// <returns>The number of sessions.</returns>
    public int AddTo(IActivityTally tally, int[] persons, int[]? values)
    {
        var sessions = 0;
        var happened = new Happening[2];
        for (var session = 0; session < starts.Length; session++)
        {
            if (!IsTarget[session] && !IsReturn[session])
                continue;
            sessions++;
            var count = needsTimeline[session] ? ReadEvents(session, ref happened) : ReadEnds(session, happened);
            if (count > 0)
                tally.Add(persons[session], values?[session] ?? 0, happened.AsSpan(0, count));
        }

        return sessions;
    }

    private bool Needs(int session)
    {
        if (!IsTarget[session] && !IsReturn[session])
            return false;
        if (selection.WithTimes || (IsTarget[session] && selection.Target is not null)
            || (IsReturn[session] && selection.Returning is not null))
            return true;
        var intervals = selection.Intervals;
        var end = EndOf(session);
        return end >= intervals.EndTicks || intervals.Holding(StartOf(session)) != intervals.Holding(end);
    }

    private int ReadEvents(int session, ref Happening[] happened)
    {
        var own = begins[session]..begins[session + 1];
        var kept = own.End.Value - own.Start.Value;
        if (happened.Length <= kept)
            happened = new Happening[2 * (kept + 1)];
        var (count, start) = (0, StartOf(session));
        for (var each = own.Start.Value; each < own.End.Value; each++)
        {
            var isTarget = IsTarget[session] && (matchesTarget?[each] ?? true);
            var isReturn = IsReturn[session] && (matchesReturn?[each] ?? true);
            if (isTarget || isReturn)
                happened[count++] = new Happening(start + offsets[each], isTarget, isReturn);
        }

        // Of events beyond the limit of a timeline, only the time of the last one is known.
        var last = new Happening(EndOf(session), IsAnyTarget(session), IsAnyReturn(session));
        if (events[session] > kept && (last.IsTarget || last.IsReturn))
            happened[count++] = last;
        return count;
    }

    /// <summary>Adds the first and the last event of a session whose events are all in one interval.</summary>
    private int ReadEnds(int session, Happening[] happened)
    {
        var last = new Happening(EndOf(session), IsAnyTarget(session), IsAnyReturn(session));
        if (!last.IsTarget && !last.IsReturn)
            return 0;
        if (events[session] <= 1)
        {
            happened[0] = last;
            return 1;
        }

        happened[0] = last with { At = StartOf(session), Times = events[session] - 1 };
        happened[1] = last;
        return 2;
    }

    private bool IsAnyTarget(int session) => IsTarget[session] && selection.Target is null;

    private bool IsAnyReturn(int session) => IsReturn[session] && selection.Returning is null;

    private long StartOf(int session) => DateTime.UnixEpoch.Ticks + (starts[session] * TimeSpan.TicksPerMicrosecond);

    private long EndOf(int session) => StartOf(session) + (durations[session] * TimeSpan.TicksPerMicrosecond);
}
