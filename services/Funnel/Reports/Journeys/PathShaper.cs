using SessionPlatform.Contracts.Journeys.V1;
using static SessionPlatform.Funnel.Reports.Journeys.PageNames;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>A step of a path.</summary>
/// <param name="Page">Its page, a number of <see cref="PageNames"/>.</param>
/// <param name="Offset">Microseconds from the session's start to its first view.</param>
internal readonly record struct PathStep(int Page, long Offset);

/// <summary>Makes the steps of a path of a session's page views: cleaned, merged, cut.</summary>
internal sealed class PathShaper(PathShape shape, int length, PageNames names)
{
    private PathStep[] steps = new PathStep[length];
    private int count;
    private readonly bool mustStart = shape.StartsAt.Length > 0;
    private readonly bool mustEnd = shape.EndsAt.Length > 0;
    private readonly bool mustPass = shape.Passes.Length > 0;
    // Else the first steps say all there is to say.
    private readonly bool needsAll = shape.StartsAt.Length > 0 || shape.EndsAt.Length > 0 || shape.Passes.Length > 0
        || shape.Funnel?.Side == FunnelPoint.Types.Side.Before;

    /// <summary>Paths are looked at from their end: where they are too long, their last steps are kept.</summary>
    public bool KeepsLast { get; } =
        shape.EndsAt.Length > 0 || shape.Funnel?.Side == FunnelPoint.Types.Side.Before;

    /// <summary>The steps, at most the length asked for; none: the session has no such path.</summary>
    /// <param name="pages">Numbers of <see cref="PageNames"/>.</param>
    /// <param name="offsets">Of each, microseconds since the session's start.</param>
    /// <returns>Good until the next call.</returns>
    public ReadOnlySpan<PathStep> Shape(ReadOnlySpan<int> pages, ReadOnlySpan<long> offsets)
    {
        Merge(pages, offsets);
        ReadOnlySpan<PathStep> path = steps.AsSpan(0, count);
        if (mustPass && First(path, Mark.Passed) < 0)
            return [];
        if (mustStart)
            path = First(path, Mark.Start) is >= 0 and var start ? path[start..] : [];
        if (mustEnd)
            path = path[..(Last(path, Mark.End) + 1)];
        if (path.Length <= length)
            return path;
        return KeepsLast ? path[^length..] : path[..length];
    }

    private void Merge(ReadOnlySpan<int> pages, ReadOnlySpan<long> offsets)
    {
        count = 0;
        var most = needsAll ? pages.Length : length;
        if (steps.Length < Math.Min(most, pages.Length))
            steps = new PathStep[pages.Length];
        for (var index = 0; index < pages.Length && count < most; index++)
        {
            var page = pages[index];
            if (shape.KeepRepeats || count == 0 || steps[count - 1].Page != page)
                steps[count++] = new PathStep(page, offsets[index]);
        }
    }

    private int First(ReadOnlySpan<PathStep> path, Mark mark)
    {
        var index = 0;
        while (index < path.Length && !names.Has(path[index].Page, mark))
            index++;
        return index < path.Length ? index : -1;
    }

    private int Last(ReadOnlySpan<PathStep> path, Mark mark)
    {
        var index = path.Length - 1;
        while (index >= 0 && !names.Has(path[index].Page, mark))
            index--;
        return index;
    }
}
