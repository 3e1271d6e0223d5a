namespace SessionPlatform.Funnel.Funnels.Attempts;

/// <summary>
/// Matches ordered and strict funnels. With windows, optional steps and exclusions, the earliest match of a step does
/// not always lead furthest, so dynamic programming covers all attempts in O(events × steps). The forward pass computes
/// the latest start from which each event can take each step (a later start allows whatever an earlier one does). The
/// backward pass computes the earliest event that takes the furthest step after each event. The attempt that counts
/// then follows without backtracking.
/// </summary>
internal sealed class OrderedMatcher(FunnelShape shape) : IMatcher
{
    private const int None = -1;
    private const int Never = int.MaxValue;

    private readonly int count = shape.Count;
    private readonly bool isStrict = shape.Order == FunnelShape.Kind.Strict;
    private readonly uint[] active = [.. Enumerable.Range(0, shape.Count).Select(shape.ActiveAt)];
    private readonly int[][] before =
        [.. Enumerable.Range(0, shape.Count).Select(step => shape.Before(step).ToArray())];

    private readonly int[][] after =
        [.. Enumerable.Range(0, shape.Count).Select(step => shape.After(step).ToArray())];

    private readonly BestOfWindow best = new(16);
    private int[] begins = [];
    private int[] ends = [];

    public Attempt? Find(ReadOnlySpan<MarkedEvent> events)
    {
        var furthest = Forwards(events);
        if (furthest == None)
            return null;
        Backwards(events, furthest);
        return ReadOff(events, furthest);
    }

    /// <summary>
    /// Returns the latest start of an attempt in which the event takes the step, after <see cref="Find"/>; -1 when
    /// there is none.
    /// </summary>
    public int LatestBegin(int step, int index, int events) => begins[(step * events) + index];

    private int Forwards(ReadOnlySpan<MarkedEvent> events)
    {
        var length = events.Length;
        if (begins.Length < count * length)
            begins = new int[count * length];
        Array.Fill(begins, None, 0, count * length);
        var furthest = None;
        for (var index = 0; index < length; index++)
        {
            if (!events[index].Matches(0))
                continue;
            begins[index] = index;
            furthest = 0;
        }

        for (var step = 1; step < count && furthest != None; step++)
        {
            foreach (var from in before[step])
            {
                if (Forwards(events, from, step))
                    furthest = step;
            }
        }

        return furthest;
    }

    /// <summary>Extends attempts from one step to another; returns false when none reaches it.</summary>
    private bool Forwards(ReadOnlySpan<MarkedEvent> events, int from, int step)
    {
        var (length, window, reached) = (events.Length, shape.Steps[step].Window, false);
        best.Clear(length);
        var low = 0;
        var lastExclusion = 0;
        for (var index = 1; index < length; index++)
        {
            var previous = index - 1;
            if (begins[(from * length) + previous] is var begin and not None)
                best.AddGreatest(previous, begin);
            if ((events[previous].Marks.Exclusions & active[from]) != 0)
                lastExclusion = previous;
            if (!events[index].Matches(step))
                continue;
            while (events[index].At - events[low].At > window)
                low++;
            best.DropBefore(Math.Max(low, isStrict ? previous : lastExclusion));
            ref var known = ref begins[(step * length) + index];
            if (best.IsEmpty || best.Value <= known || events[index].At - events[best.Value].At > shape.Window)
                continue;
            known = best.Value;
            reached = true;
        }

        return reached;
    }

    private void Backwards(ReadOnlySpan<MarkedEvent> events, int furthest)
    {
        var length = events.Length;
        if (ends.Length < count * length)
            ends = new int[count * length];
        Array.Fill(ends, Never, 0, count * length);
        for (var index = 0; index < length; index++)
        {
            if (events[index].Matches(furthest))
                ends[(furthest * length) + index] = index;
        }

        for (var step = furthest - 1; step >= 0; step--)
        {
            foreach (var to in after[step])
            {
                if (to <= furthest)
                    Backwards(events, step, to);
            }
        }
    }

    private void Backwards(ReadOnlySpan<MarkedEvent> events, int step, int to)
    {
        var (length, window) = (events.Length, shape.Steps[to].Window);
        best.Clear(length);
        var high = length - 1;
        var nextExclusion = length - 1;
        for (var index = length - 2; index >= 0; index--)
        {
            var next = index + 1;
            if (ends[(to * length) + next] is var end and not Never)
                best.AddLeast(next, end);
            if ((events[next].Marks.Exclusions & active[step]) != 0)
                nextExclusion = next;
            if (!events[index].Matches(step))
                continue;
            while (events[high].At - events[index].At > window)
                high--;
            best.DropAfter(Math.Min(high, isStrict ? next : nextExclusion));
            ref var known = ref ends[(step * length) + index];
            if (!best.IsEmpty && best.Value < known)
                known = best.Value;
        }
    }

    private Attempt ReadOff(ReadOnlySpan<MarkedEvent> events, int furthest)
    {
        var length = events.Length;
        var taken = new int[count];
        Array.Fill(taken, None);
        var begin = 0;
        while (ends[begin] == Never || events[ends[begin]].At - events[begin].At > shape.Window)
            begin++;
        taken[0] = begin;
        for (var (step, index) = (0, begin); step != furthest;)
        {
            (step, index) = Next(events, step, index, begin, furthest);
            taken[step] = index;
        }

        return new Attempt(taken);

        // Takes the earliest event, and the first step that it matches from which the furthest is still reached.
        (int Step, int Index) Next(ReadOnlySpan<MarkedEvent> all, int step, int index, int from, int last)
        {
            for (var next = index + 1; ; next++)
            {
                foreach (var to in after[step])
                {
                    if (to <= last && ends[(to * length) + next] is var end and not Never
                        && all[end].At - all[from].At <= shape.Window
                        && all[next].At - all[index].At <= shape.Steps[to].Window)
                    {
                        return (to, next);
                    }
                }
            }
        }
    }
}
