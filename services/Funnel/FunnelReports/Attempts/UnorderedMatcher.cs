namespace SessionPlatform.Funnel.FunnelReports.Attempts;

/// <summary>
/// Unordered funnels: how many different steps were taken, each by an event of its own. From each begin events are
/// taken in order as long as steps can be shared out among them so that one more is taken (augmenting paths), which
/// takes as many as there can be, by the earliest events.
/// </summary>
internal sealed class UnorderedMatcher(FunnelShape shape) : IMatcher
{
    private const int None = -1;

    private readonly int count = shape.Count;
    private readonly int[] within = new int[shape.Count];
    // Of the attempt at hand, counted from its first event.
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
            // No more steps than there are different ones: most begins are done with by this.
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

    /// <summary>Counts what an attempt from the begin on may take, up to its window's end or the exclusion in it.</summary>
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

    /// <summary>Finds the event a step, if need be by giving events taken before other ones.</summary>
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
