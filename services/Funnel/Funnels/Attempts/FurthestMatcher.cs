using System.Numerics;

namespace SessionPlatform.Funnel.Funnels.Attempts;

/// <summary>
/// Matches the built-in funnel, where an event is marked with its stage and all earlier ones. The furthest stage within
/// a window counts, and among the starts that lead to it, the earliest.
/// </summary>
internal sealed class FurthestMatcher(FunnelShape shape) : IMatcher
{
    private readonly BestOfWindow best = new(16);

    public Attempt? Find(ReadOnlySpan<MarkedEvent> events)
    {
        var (begin, stages) = (-1, 0);
        best.Clear(events.Length);
        var high = events.Length - 1;
        for (var index = events.Length - 1; index >= 0; index--)
        {
            var here = Stages(events[index]);
            // The queue finds a minimum, so the value is negated.
            best.AddLeast(index, -here);
            while (events[high].At - events[index].At > shape.Window)
                high--;
            best.DropAfter(high);
            if (here > 0 && -best.Value >= stages)
                (begin, stages) = (index, -best.Value);
        }

        return begin < 0 ? null : From(events, begin, stages);
    }

    private Attempt From(ReadOnlySpan<MarkedEvent> events, int begin, int stages)
    {
        var taken = new int[shape.Count];
        Array.Fill(taken, -1);
        var reached = 0;
        for (var index = begin; reached < stages; index++)
        {
            for (var here = Stages(events[index]); reached < here; reached++)
                taken[reached] = index;
        }

        return new Attempt(taken);
    }

    private static int Stages(in MarkedEvent happened) => BitOperations.PopCount(happened.Marks.Steps);
}
