using SessionPlatform.Funnel.Funnels.Attempts;

namespace SessionPlatform.Funnel.Tests.Reports.FunnelReports;

/// <summary>Finds the attempt that counts by looking at every choice of events there is. For few events.</summary>
internal sealed class AllAttempts(FunnelShape shape, IReadOnlyList<MarkedEvent> events)
{
    private readonly List<(int Step, int Index)[]> found = [];

    /// <summary>Steps, and the events that they are taken by, in order; null: not even the first.</summary>
    public (int Step, int Index)[]? Best()
    {
        found.Clear();
        switch (shape.Order)
        {
            case FunnelShape.Kind.Unordered:
                for (var begin = 0; begin < events.Count; begin++)
                    Share(begin, begin, []);
                return Earliest(attempt => attempt.Length, attempt => attempt.Select(taken => taken.Index));
            case FunnelShape.Kind.Furthest:
                return Furthest();
            default:
                for (var begin = 0; begin < events.Count; begin++)
                {
                    if (events[begin].Matches(0))
                        Extend([(0, begin)]);
                }

                return Earliest(
                    attempt => attempt[^1].Step,
                    attempt => attempt.SelectMany(taken => new[] { taken.Index, taken.Step }));
        }
    }

    private (int, int)[]? Earliest(
        Func<(int Step, int Index)[], int> reach, Func<(int Step, int Index)[], IEnumerable<int>> order) => found
            .OrderByDescending(reach).ThenBy(attempt => order(attempt).ToArray(), new Lexicographic()).FirstOrDefault();

    private void Extend((int Step, int Index)[] attempt)
    {
        found.Add(attempt);
        var (step, index) = attempt[^1];
        for (var next = index + 1; next < events.Count; next++)
        {
            for (var to = step + 1; to < shape.Count; to++)
            {
                if (Enumerable.Range(step + 1, to - step - 1).All(between => shape.Steps[between].IsOptional)
                    && events[next].Matches(to)
                    && (shape.Order != FunnelShape.Kind.Strict || next == index + 1)
                    && events[next].At - events[attempt[0].Index].At <= shape.Window
                    && events[next].At - events[index].At <= shape.Steps[to].Window
                    && !Enumerable.Range(index + 1, next - index - 1).Any(between => IsExcluded(between, step)))
                {
                    Extend([.. attempt, (to, next)]);
                }
            }
        }
    }

    private bool IsExcluded(int index, int step) => shape.Exclusions.Index().Any(each =>
        each.Item.After <= step && step < each.Item.Before
        && (events[index].Marks.Exclusions & (1 << each.Index)) != 0);

    /// <summary>Each event takes a step that is free, or none.</summary>
    private void Share(int begin, int index, (int Step, int Index)[] attempt)
    {
        if (attempt.Length > 0)
            found.Add(attempt);
        if (index == events.Count || events[index].At - events[begin].At > shape.Window)
            return;
        var isOver = index > begin && events[index].Marks.Exclusions != 0;
        for (var step = 0; step < shape.Count; step++)
        {
            if (!events[index].Matches(step) || attempt.Any(taken => taken.Step == step))
                continue;
            if (isOver)
                found.Add([.. attempt, (step, index)]);
            else
                Share(begin, index + 1, [.. attempt, (step, index)]);
        }

        if (index > begin && !isOver)
            Share(begin, index + 1, attempt);
    }

    private (int, int)[]? Furthest()
    {
        (int Step, int Index)[]? best = null;
        for (var begin = 0; begin < events.Count; begin++)
        {
            var within = Enumerable.Range(begin, events.Count - begin)
                .Where(index => events[index].At - events[begin].At <= shape.Window).ToList();
            var stages = Enumerable.Range(0, shape.Count)
                .Where(step => within.Any(index => events[index].Matches(step)))
                .Select(step => (step, within.First(index => events[index].Matches(step)))).ToArray();
            if (events[begin].Matches(0) && (best is null || stages.Length > best.Length))
                best = stages;
        }

        return best;
    }

    private sealed class Lexicographic : IComparer<int[]>
    {
        public int Compare(int[]? x, int[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
