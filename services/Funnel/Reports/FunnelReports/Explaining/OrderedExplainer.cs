using System.Numerics;
using SessionPlatform.Funnel.Funnels.Attempts;
using Verdict = SessionPlatform.Contracts.Funnels.V1.FunnelEvent.Types.Verdict;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Explaining;

/// <summary>Explains ordered and strict funnels, from the tables that the matcher computed.</summary>
internal sealed class OrderedExplainer(FunnelShape shape) : IExplainer
{
    private const int None = -1;

    private readonly OrderedMatcher matcher = new(shape);
    private Actor actor = null!;
    private Attempt? attempt;

    private MarkedEvent[] Events => actor.Events;

    public Attempt? Read(Actor next)
    {
        actor = next;
        return attempt = matcher.Find(next.Events);
    }

    public Finding Explain(int index)
    {
        if (attempt is not null && Array.IndexOf(attempt.Taken, index) is var counted and not None)
            return new Finding(counted, Verdict.Counted, Counted(counted, index));
        if (Ended(index) is { } end)
            return end;
        if (Events[index].Marks.Steps != 0)
            return Uncounted(Nearest(index), index);
        if (Events[index].NotFirst is var again and not 0)
            return FirstTime.Finding(shape, actor, BitOperations.TrailingZeroCount(again));
        var (after, before) = shape.Exclusions[BitOperations.TrailingZeroCount(Events[index].Marks.Exclusions)];
        return new Finding(
            None, Verdict.Order, $"excluded between steps {after + 1} and {before + 1}, and nobody was between them");
    }

    private string Counted(int step, int index)
    {
        if (step == 0)
            return $"{shape.Title(0)}: the attempt that counts begins here";
        var before = Array.FindLastIndex(attempt!.Taken, step - 1, taken => taken >= 0);
        var since = Words.Span(Events[index].At - Events[attempt.Taken[before]].At);
        var text = $"{shape.Title(step)}, {since} after step {before + 1}";
        return before == 0 ? text : $"{text}, {Words.Span(Events[index].At - Events[attempt.First].At)} after step 1";
    }

    /// <summary>
    /// Returns the step that the event came closest to taking, preferably one that it could have taken.
    /// </summary>
    private int Nearest(int index)
    {
        int? possible = null, reachable = null;
        for (var step = shape.Count - 1; step >= 0; step--)
        {
            if (!Events[index].Matches(step))
                continue;
            if (matcher.LatestBegin(step, index, Events.Length) != None)
                possible = step;
            if (LastBefore(step, index) is not null)
                reachable = step;
        }

        return possible ?? reachable ?? BitOperations.TrailingZeroCount(Events[index].Marks.Steps);
    }

    private Finding Uncounted(int step, int index)
    {
        if (matcher.LatestBegin(step, index, Events.Length) != None)
            return new Finding(step, Verdict.Repeated, Repeated(step, index));
        if (LastBefore(step, index) is not { } last)
        {
            var needed = shape.Title(shape.Before(step).Last());
            return new Finding(step, Verdict.Order, $"{shape.Title(step)}: {needed} was not taken before");
        }

        var (since, from) = (Events[index].At - Events[last.Index].At, $"step {last.Step + 1} at {At(last.Index)}");
        if (shape.Order == FunnelShape.Kind.Strict && last.Index != index - 1)
        {
            return new Finding(
                step,
                Verdict.Strict,
                $"{shape.Title(step)}: another event, at {At(last.Index + 1)}, came right after {from}");
        }

        if (ExclusionBetween(last.Step, last.Index, index) is { } exclusion)
        {
            return new Finding(
                step,
                Verdict.Excluded,
                $"{shape.Title(step)}: an exclusion at {At(exclusion)} ended the attempt that took {from}");
        }

        if (since > shape.Steps[step].Window)
        {
            var limit = Words.Span(shape.Steps[step].Window);
            return new Finding(
                step,
                Verdict.Window,
                $"{shape.Title(step)}: {Words.Span(since)} after {from}, more than its window of {limit}");
        }

        var begin = matcher.LatestBegin(last.Step, last.Index, Events.Length);
        var whole = Words.Span(Events[index].At - Events[begin].At);
        return new Finding(
            step,
            Verdict.Window,
            $"{shape.Title(step)}: {whole} after step 1 at {At(begin)}, more than the funnel's window of "
            + Words.Span(shape.Window));
    }

    private string Repeated(int step, int index)
    {
        var furthest = attempt!.Last + 1;
        return attempt.Taken[step] switch
        {
            None => $"{shape.Title(step)}: the attempt that counts goes on without it, as far as step {furthest}",
            var taken when taken < index => $"{shape.Title(step)} was taken already, at {At(taken)}",
            var taken =>
                $"{shape.Title(step)} is taken at {At(taken)} in the attempt that counts, as far as {furthest}",
        };
    }

    /// <summary>Whether the event ended an attempt that might have continued.</summary>
    private Finding? Ended(int index)
    {
        for (var step = shape.Count - 2; step >= 0; step--)
        {
            var active = shape.ActiveAt(step) & Events[index].Marks.Exclusions;
            if (active == 0 || LastOf(step, index) is not { } last || ExclusionBetween(step, last, index) is not null
                || Events[index].At - Events[matcher.LatestBegin(step, last, Events.Length)].At > shape.Window)
                continue;
            var (after, before) = shape.Exclusions[BitOperations.TrailingZeroCount(active)];
            return new Finding(
                None,
                Verdict.Exclusion,
                $"excluded between steps {after + 1} and {before + 1}: ends the attempt that took step {step + 1} at "
                + At(last));
        }

        return null;
    }

    private (int Step, int Index)? LastBefore(int step, int index)
    {
        (int Step, int Index)? last = null;
        foreach (var from in shape.Before(step))
        {
            if (LastOf(from, index) is { } found && (last is null || found > last.Value.Index))
                last = (from, found);
        }

        return last;
    }

    /// <summary>Returns the last event before this one that can take the step.</summary>
    private int? LastOf(int step, int index)
    {
        while (--index >= 0)
        {
            if (matcher.LatestBegin(step, index, Events.Length) != None)
                return index;
        }

        return null;
    }

    private int? ExclusionBetween(int step, int from, int to)
    {
        var active = shape.ActiveAt(step);
        for (var index = from + 1; index < to; index++)
        {
            if ((Events[index].Marks.Exclusions & active) != 0)
                return index;
        }

        return null;
    }

    private string At(int index) => Words.Time(Events[index].At);
}
