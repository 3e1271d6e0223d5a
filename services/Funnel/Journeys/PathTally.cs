using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Funnels;
using Path = SessionPlatform.Contracts.Journeys.V1.Path;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>Counts sessions by the path they took.</summary>
/// <param name="minLength">Paths of fewer steps do not count.</param>
/// <param name="devices">By device, too; null: not.</param>
internal sealed class PathTally(PageNames names, int minLength, DeviceNames? devices)
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long NanosecondsPerMicrosecond = 1_000;

    private readonly int[] pages = new int[JourneyRules.MaxLength];
    private PathTable paths = new();
    private List<Count> counts = [];
    private Dictionary<(int Path, int Device), Count> byDevice = [];

    /// <summary>Different paths so far; with devices, those of each, where that is more.</summary>
    public int Distinct => Math.Max(paths.Count, byDevice.Count);

    /// <summary>Sessions that have a path.</summary>
    public long Sessions { get; private set; }

    /// <summary>Who took which path.</summary>
    public DistinctPairs Visitors { get; private init; } = new();

    /// <summary>About what it takes.</summary>
    public long Bytes => paths.Bytes + ((long)counts.Capacity * Unsafe.SizeOf<Count>()) + Visitors.Bytes
        + (byDevice.Count * (long)(sizeof(int) + sizeof(long) + sizeof(long) + Unsafe.SizeOf<Count>()));

    /// <summary>The same, to be added to.</summary>
    /// <param name="namesOfCopy">A copy of the names.</param>
    /// <param name="devicesOfCopy">A copy of the devices, if there are any.</param>
    public PathTally Copy(PageNames namesOfCopy, DeviceNames? devicesOfCopy) => new(namesOfCopy, minLength, devicesOfCopy)
    {
        paths = paths.Copy(),
        counts = [.. counts],
        byDevice = new Dictionary<(int Path, int Device), Count>(byDevice),
        Sessions = Sessions,
        Visitors = Visitors.Copy(),
    };

    public void Add(ReadOnlySpan<PathStep> steps, JourneySession session)
    {
        if (steps.Length == 0 || steps.Length < minLength)
            return;
        for (var index = 0; index < steps.Length; index++)
            pages[index] = steps[index].Page;
        var path = paths.NumberOf(pages.AsSpan(0, steps.Length));
        if (path == counts.Count)
            counts.Add(default);
        Sessions++;
        Visitors.Add(path, session.Person);
        CollectionsMarshal.AsSpan(counts)[path].Add(session, steps[^1].Offset - steps[0].Offset);
        if (devices is not null)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(byDevice, (path, session.Device), out _)
                .Add(session, microseconds: 0);
        }
    }

    /// <summary>The most frequent paths.</summary>
    public GetPathsResponse Result(int limit)
    {
        var least = LeastOfTop(limit);
        var top = Enumerable.Range(0, paths.Count)
            .Where(path => counts[path].Sessions >= least)
            .OrderByDescending(path => counts[path].Sessions)
            .ThenBy(path => path, Comparer<int>.Create(ByNames))
            .Take(limit)
            .ToList();
        var groupOf = new int[paths.Count];
        Array.Fill(groupOf, -1);
        for (var index = 0; index < top.Count; index++)
            groupOf[top[index]] = index;
        var visitors = Visitors.CountBy(groupOf, top.Count);
        var devicesOf = byDevice.Where(device => groupOf[device.Key.Path] >= 0).ToLookup(device => device.Key.Path);

        var answer = new GetPathsResponse
        {
            Sessions = FunnelTable.Count(Sessions),
            DistinctPaths = FunnelTable.Count(paths.Count),
        };
        answer.Paths.Add(top.Select(
            (path, index) => Row(path, counts[path], visitors[index], devicesOf[path])));
        return answer;
    }

    /// <summary>Sessions that a path must have to be among so many: so that only those need be put in order.</summary>
    private int LeastOfTop(int limit)
    {
        var top = new PriorityQueue<int, int>(limit + 1);
        foreach (var count in counts)
        {
            if (top.Count < limit)
                top.Enqueue(count.Sessions, count.Sessions);
            else if (count.Sessions > top.Peek())
                top.EnqueueDequeue(count.Sessions, count.Sessions);
        }

        return top.Count == 0 ? 0 : top.Peek();
    }

    private Path Row(
        int path,
        Count count,
        uint visitors,
        IEnumerable<KeyValuePair<(int Path, int Device), Count>> devicesOfPath)
    {
        var row = new Path
        {
            Sessions = FunnelTable.Count(count.Sessions),
            Visitors = visitors,
            AverageTime = count.AverageTime,
            ConversionRate = count.ConversionRate,
        };
        foreach (var page in paths[path])
            row.Pages.Add(names[page]);
        row.Devices.Add(devicesOfPath
            .OrderByDescending(device => device.Value.Sessions)
            .ThenBy(device => devices![device.Key.Device], StringComparer.Ordinal)
            .Select(device => new PathDevice
            {
                DeviceType = devices![device.Key.Device],
                Sessions = FunnelTable.Count(device.Value.Sessions),
                ConversionRate = device.Value.ConversionRate,
            }));
        return row;
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

    private struct Count
    {
        private int converted;
        private long microseconds;

        public int Sessions { get; private set; }

        public readonly double ConversionRate => (double)converted / Sessions;

        public readonly Duration AverageTime => new()
        {
            Seconds = microseconds / Sessions / MicrosecondsPerSecond,
            Nanos = (int)((microseconds / Sessions % MicrosecondsPerSecond * NanosecondsPerMicrosecond)
                + (microseconds % Sessions * NanosecondsPerMicrosecond / Sessions)),
        };

        public void Add(JourneySession session, long microseconds)
        {
            Sessions++;
            converted += session.Converted ? 1 : 0;
            this.microseconds += microseconds;
        }
    }
}
