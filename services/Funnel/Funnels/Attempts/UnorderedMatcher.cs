namespace SessionPlatform.Funnel.Funnels.Attempts;

/// <summary>
/// Matches unordered funnels, where the number of distinct steps counts, each taken by a distinct event. From each
/// start, events are added in order of time while an augmenting path assigns one more step (bipartite matching). That
/// takes the maximum number of steps, by the earliest events.
/// </summary>
internal sealed class UnorderedMatcher(FunnelShape shape) : IMatcher
{
    private const int None = -1;

    private readonly int count = shape.Count;
    private readonly int[] within = new int[shape.Count];
    // By step of the current attempt: the event that takes it, relative to the first one.
    private readonly int[] eventOf = new int[shape.Count];
    private readonly List<int> chosen = [];
    private int first;

    public Attempt? Find(ReadOnlySpan<MarkedEvent> events)
    {
        Attempt? found = null;
        var most = 0;
        var end = 0;
        Array.Clear(within);
        for (var begin = 0; begin < events.Length && most < count; begin++)
        {
            end = Extend(events, begin, end);
            // The number of distinct steps in the window is an upper bound, which rules out most starts.
            if (events[begin].Marks.Steps != 0 && within.Count(number => number > 0) > most)
            {
                Take(events[begin..end], begin);
                if (chosen.Count > most)
                {
                    most = chosen.Count;
                    found = ToAttempt();
                }
            }

            CountSteps(events[begin], -1);
        }

        return found;
    }

    /// <summary>Extends the window of an attempt to its end or to the first exclusion in it.</summary>
    private int Extend(ReadOnlySpan<MarkedEvent> events, int begin, int end)
    {
        while (end < events.Length && events[end].At - events[begin].At <= shape.Window
            && (end <= begin + 1 || events[end - 1].Marks.Exclusions == 0))
        {
            CountSteps(events[end++], 1);
        }

        return end;
    }

    private void CountSteps(in MarkedEvent happened, int number)
    {
        for (var step = 0; step < count; step++)
            within[step] += happened.Matches(step) ? number : 0;
    }

    private void Take(ReadOnlySpan<MarkedEvent> events, int begin)
    {
        chosen.Clear();
        Array.Fill(eventOf, None);
        for (var index = 0; index < events.Length && chosen.Count < count; index++)
        {
            var tried = 0u;
            if (events[index].Marks.Steps != 0 && Assign(events, index, ref tried))
                chosen.Add(index);
        }

        first = begin;
    }

    /// <summary>Assigns a step to the event, reassigning those of earlier events if necessary.</summary>
    private bool Assign(ReadOnlySpan<MarkedEvent> events, int index, ref uint tried)
    {
        for (var step = 0; step < count; step++)
        {
            var bit = 1u << step;
            if (!events[index].Matches(step) || (tried & bit) != 0)
                continue;
            tried |= bit;
            if (eventOf[step] != None && !Assign(events, eventOf[step], ref tried))
                continue;
            eventOf[step] = index;
            return true;
        }

        return false;
    }

    private Attempt ToAttempt()
    {
        var taken = new int[count];
        var steps = new int[count];
        for (var number = 0; number < count; number++)
        {
            taken[number] = number < chosen.Count ? first + chosen[number] : None;
            steps[number] = number < chosen.Count ? Array.IndexOf(eventOf, chosen[number]) : None;
        }

        return new Attempt(taken, steps);
    }
}
