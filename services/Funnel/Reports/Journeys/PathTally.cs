using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Funnels;
using Path = SessionPlatform.Contracts.Journeys.V1.Path;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>
/// Counts sessions by the path they took. A tally may go on from another one, to which nothing is added any more: it holds
/// what there is besides, since of a million paths copies cost more than a report may take.
/// </summary>
internal sealed class PathTally
{
    private readonly PageNames names;
    private readonly int minLength;
    private readonly DeviceNames? devices;
    private readonly PathTally? below;
    private readonly PathTable paths;
    private readonly int[] pages = new int[JourneyRules.MaxLength];

    // Of paths that are not below, and of those that are what came since.
    private readonly List<PathFigures> own = [];
    private readonly Dictionary<int, PathFigures> since = [];
    private readonly Dictionary<(int Path, int Device), PathFigures> byDevice = [];

    // Of all paths, the most frequent first; once others go on from here.
    private int[]? inOrder;
    private int devicePaths;

    /// <param name="minLength">Paths of fewer steps do not count.</param>
    /// <param name="devices">By device, too; null: not.</param>
    public PathTally(PageNames names, int minLength, DeviceNames? devices)
    {
        (this.names, this.minLength, this.devices) = (names, minLength, devices);
        paths = new PathTable();
        Visitors = new DistinctPairs();
    }

    private PathTally(PathTally below, PageNames names, DeviceNames devices)
        : this(names, below.minLength, below.devices is null ? null : devices)
    {
        this.below = below;
        paths = new PathTable(below.paths);
        Visitors = below.Visitors.Copy();
        (Sessions, devicePaths) = (below.Sessions, below.devicePaths);
    }

    /// <summary>Different paths so far; with devices, those of each, where that is more.</summary>
    public int Distinct => Math.Max(paths.Count, devicePaths);

    /// <summary>Sessions that have a path.</summary>
    public long Sessions { get; private set; }

    /// <summary>Who took which path.</summary>
    public DistinctPairs Visitors { get; private set; }

    /// <summary>About what it takes, without that below.</summary>
    public long Bytes => paths.Bytes + (own.Capacity * (long)(Unsafe.SizeOf<PathFigures>() + sizeof(int))) + Visitors.Bytes
        + (byDevice.Count * (long)(sizeof(int) + sizeof(long) + sizeof(long) + Unsafe.SizeOf<PathFigures>()));

    /// <summary>Nothing is added any more: makes it ready to go on from.</summary>
    public void Close()
    {
        Visitors = Visitors.Copy();
        inOrder = [.. Enumerable.Range(0, paths.Count).OrderByDescending(path => FiguresOf(path).Sessions)];
    }

    /// <summary>One that goes on from here, closed as this is.</summary>
    /// <param name="namesOfNext">A copy of the names.</param>
    /// <param name="devicesOfNext">A copy of the devices.</param>
    public PathTally GoOn(PageNames namesOfNext, DeviceNames devicesOfNext) => new(this, namesOfNext, devicesOfNext);

    public void Add(ReadOnlySpan<PathStep> steps, JourneySession session)
    {
        if (steps.Length == 0 || steps.Length < minLength)
            return;
        for (var index = 0; index < steps.Length; index++)
            pages[index] = steps[index].Page;
        var path = paths.NumberOf(pages.AsSpan(0, steps.Length));
        if (path - FirstOwn == own.Count)
            own.Add(default);
        Sessions++;
        Visitors.Add(path, session.Person);
        ref var figures = ref path < FirstOwn
            ? ref CollectionsMarshal.GetValueRefOrAddDefault(since, path, out _)
            : ref CollectionsMarshal.AsSpan(own)[path - FirstOwn];
        figures.Add(session, steps[^1].Offset - steps[0].Offset);
        if (devices is null)
            return;
        ref var ofDevice = ref CollectionsMarshal.GetValueRefOrAddDefault(byDevice, (path, session.Device), out var isKnown);
        ofDevice.Add(session, microseconds: 0);
        if (!isKnown && (below is null || below.FiguresOf(path, session.Device).Sessions == 0))
            devicePaths++;
    }

    /// <summary>The most frequent paths.</summary>
    public GetPathsResponse Result(int limit)
    {
        var candidates = Candidates(limit);
        var least = LeastOfTop(candidates, limit);
        var top = candidates
            .Where(path => FiguresOf(path).Sessions >= least)
            .OrderByDescending(path => FiguresOf(path).Sessions)
            .ThenBy(path => path, Comparer<int>.Create(ByNames))
            .Take(limit)
            .ToList();
        var visitors = Visitors.CountOf(top);
        var answer = new GetPathsResponse
        {
            Sessions = FunnelTable.Count(Sessions),
            DistinctPaths = FunnelTable.Count(paths.Count),
        };
        answer.Paths.Add(top.Select((path, index) => Row(path, FiguresOf(path), visitors[index])));
        return answer;
    }

    private int FirstOwn => below?.paths.Count ?? 0;

    private PathFigures FiguresOf(int path) => path >= FirstOwn
        ? own[path - FirstOwn]
        : below!.FiguresOf(path).Plus(since.GetValueOrDefault(path));

    /// <summary>All that may be among so many most frequent paths, each once.</summary>
    private List<int> Candidates(int limit)
    {
        var candidates = Enumerable.Range(FirstOwn, own.Count).Concat(since.Keys);
        // Of those that nobody took since none comes before one that was before.
        return below is null
            ? [.. candidates]
            : [.. candidates, .. below.Foremost(below.inOrder!.Where(path => !since.ContainsKey(path)), limit)];
    }

    /// <summary>The first ones in order, and those that are as frequent as the last of them.</summary>
    private IEnumerable<int> Foremost(IEnumerable<int> ordered, int limit)
    {
        var (count, last) = (0, 0);
        foreach (var path in ordered)
        {
            var sessions = FiguresOf(path).Sessions;
            if (count >= limit && sessions < last)
                yield break;
            count++;
            last = sessions;
            yield return path;
        }
    }

    /// <summary>Sessions that a path must have to be among so many: so that only those need be put in order.</summary>
    private int LeastOfTop(List<int> candidates, int limit)
    {
        var top = new PriorityQueue<int, int>(limit + 1);
        foreach (var path in candidates)
        {
            var sessions = FiguresOf(path).Sessions;
            if (top.Count < limit)
                top.Enqueue(sessions, sessions);
            else if (sessions > top.Peek())
                top.EnqueueDequeue(sessions, sessions);
        }

        return top.Count == 0 ? 0 : top.Peek();
    }

    private Path Row(int path, PathFigures figures, uint visitors)
    {
        var row = new Path
        {
            Sessions = FunnelTable.Count(figures.Sessions),
            Visitors = visitors,
            AverageTime = figures.AverageTime,
            ConversionRate = figures.ConversionRate,
        };
        foreach (var page in paths[path])
            row.Pages.Add(names[page]);
        row.Devices.Add(Enumerable.Range(0, devices?.Count ?? 0)
            .Select(device => (Name: devices![device], Figures: FiguresOf(path, device)))
            .Where(device => device.Figures.Sessions > 0)
            .OrderByDescending(device => device.Figures.Sessions)
            .ThenBy(device => device.Name, StringComparer.Ordinal)
            .Select(device => new PathDevice
            {
                DeviceType = device.Name,
                Sessions = FunnelTable.Count(device.Figures.Sessions),
                ConversionRate = device.Figures.ConversionRate,
            }));
        return row;
    }

    private PathFigures FiguresOf(int path, int device)
    {
        var figures = byDevice.GetValueOrDefault((path, device));
        return below is null ? figures : figures.Plus(below.FiguresOf(path, device));
    }

    private int ByNames(int one, int other)
    {
        var pagesOfOne = paths[one];
        var pagesOfOther = paths[other];
        for (var index = 0; index < Math.Min(pagesOfOne.Length, pagesOfOther.Length); index++)
        {
            var order = string.CompareOrdinal(names[pagesOfOne[index]], names[pagesOfOther[index]]);
            if (order != 0)
                return order;
        }

        return pagesOfOne.Length.CompareTo(pagesOfOther.Length);
    }
}
