using System.Numerics;
using SessionPlatform.Funnel.Funnels.Attempts;
using Verdict = SessionPlatform.Contracts.Funnels.V1.FunnelEvent.Types.Verdict;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Explaining;

/// <summary>Explains unordered and built-in funnels, whose attempts are spans of events after a start.</summary>
internal sealed class SpanExplainer(FunnelShape shape) : IExplainer
{
    private const int None = -1;

    private readonly IMatcher matcher = shape.CreateMatcher();
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
        if (attempt is not null && Array.LastIndexOf(attempt.Taken, index) is var counted and not None)
        {
            var step = attempt.StepOf?[counted] ?? counted;
            return new Finding(step, Verdict.Counted, Counted(counted, step, index));
        }

        if (Events[index].Marks.Steps == 0 && Events[index].NotFirst is var again and not 0)
            return FirstTime.Finding(shape, actor, BitOperations.TrailingZeroCount(again));
        if (Events[index].Marks.Exclusions != 0)
        {
            if (EndsAt() == index)
                return new Finding(None, Verdict.Exclusion, $"ends the attempt that began at {At(attempt!.First)}");
            if (Events[index].Marks.Steps == 0)
                return new Finding(None, Verdict.Order, "an exclusion, and there was no attempt for it to end");
        }

        return Uncounted(index);
    }

    private string Counted(int number, int step, int index) => number == 0 || index == attempt!.First
        ? $"{shape.Title(step)}: the attempt that counts begins here"
        : $"{shape.Title(step)}, {Words.Span(Events[index].At - Events[attempt.First].At)} after the begin";

    private Finding Uncounted(int index)
    {
        var steps = Events[index].Marks.Steps;
        var step = shape.Order == FunnelShape.Kind.Furthest
            ? BitOperations.PopCount(steps) - 1
            : BitOperations.TrailingZeroCount(steps);
        var begin = attempt!.First;
        var since = Events[index].At - Events[begin].At;
        if (index < begin)
        {
            return new Finding(
                step,
                Verdict.Repeated,
                $"{shape.Title(step)}: the attempt that counts begins at {At(begin)} and goes further");
        }

        if (EndsAt() is { } end && end < index)
        {
            return new Finding(
                step, Verdict.Excluded, $"{shape.Title(step)}: an exclusion at {At(end)} ended the attempt before");
        }

        if (since > shape.Window)
        {
            return new Finding(
                step,
                Verdict.Window,
                $"{shape.Title(step)}: {Words.Span(since)} after the begin at {At(begin)}, more than the funnel's "
                + $"window of {Words.Span(shape.Window)}");
        }

        return new Finding(step, Verdict.Repeated, $"{shape.Title(step)} was taken already");
    }

    /// <summary>
    /// Returns the exclusion that ended the attempt; null when there is none or the attempt was complete.
    /// </summary>
    private int? EndsAt()
    {
        if (attempt is null)
            return null;
        var last = attempt.Last == shape.Count - 1 ? attempt.Taken[^1] : Events.Length;
        for (var index = attempt.First + 1; index < last; index++)
        {
            if (Events[index].At - Events[attempt.First].At > shape.Window)
                return null;
            if (Events[index].Marks.Exclusions != 0)
                return index;
        }

        return null;
    }

    private string At(int index) => Words.Time(Events[index].At);
}
