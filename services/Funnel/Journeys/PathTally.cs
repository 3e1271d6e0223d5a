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

    private readonly Dictionary<int[], int> numbers = new(new PathComparer());
    private readonly List<Count> counts = [];
    private readonly Dictionary<(int Path, int Device), Count> byDevice = [];
    private readonly int[] pages = new int[JourneyRules.MaxLength];

    /// <summary>Different paths so far; with devices, those of each, where that is more.</summary>
    public int Distinct => Math.Max(numbers.Count, byDevice.Count);

    /// <summary>Sessions that have a path.</summary>
    public long Sessions { get; private set; }

    /// <summary>Who took which path.</summary>
    public DistinctPairs Visitors { get; } = new();

    public void Add(ReadOnlySpan<PathStep> steps, JourneySession session)
    {
        if (steps.Length == 0 || steps.Length < minLength)
            return;
        for (var index = 0; index < steps.Length; index++)
            pages[index] = steps[index].Page;
        var path = NumberOf(pages.AsSpan(0, steps.Length));
        Sessions++;
        Visitors.Add(path, session.Person);
        CollectionsMarshal.AsSpan(counts)[path].Add(session, steps[^1].Offset - steps[0].Offset);
        if (devices is not null)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(byDevice, (path, session.Device), out _)
                .Add(session, microseconds: 0);
        }
    }

    /// <summary>The most frequent paths. To be called once.</summary>
    public GetPathsResponse Result(int limit)
    {
        var least = LeastOfTop(limit);
        var top = numbers
            .Where(path => counts[path.Value].Sessions >= least)
            .OrderByDescending(path => counts[path.Value].Sessions)
            .ThenBy(path => path.Key, Comparer<int[]>.Create(ByNames))
            .Take(limit)
            .ToList();
        var groupOf = new int[numbers.Count];
        Array.Fill(groupOf, -1);
        for (var index = 0; index < top.Count; index++)
            groupOf[top[index].Value] = index;
        var visitors = Visitors.CountBy(groupOf, top.Count);
        var devicesOf = byDevice.Where(device => groupOf[device.Key.Path] >= 0).ToLookup(device => device.Key.Path);

        var answer = new GetPathsResponse
        {
            Sessions = FunnelTable.Count(Sessions),
            DistinctPaths = FunnelTable.Count(numbers.Count),
        };
        answer.Paths.Add(top.Select(
            (path, index) => Row(path.Key, counts[path.Value], visitors[index], devicesOf[path.Value])));
        return answer;
    }

    private int NumberOf(ReadOnlySpan<int> path)
    {
        var lookup = numbers.GetAlternateLookup<ReadOnlySpan<int>>();
        if (lookup.TryGetValue(path, out var number))
            return number;
        counts.Add(default);
        return numbers[path.ToArray()] = counts.Count - 1;
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
        int[] path,
        Count count,
        uint visitors,
        IEnumerable<KeyValuePair<(int Path, int Device), Count>> devicesOfPath)
    {
        var row = new Path
        {
            Pages = { path.Select(page => names[page]) },
            Sessions = FunnelTable.Count(count.Sessions),
            Visitors = visitors,
            AverageTime = count.AverageTime,
            ConversionRate = count.ConversionRate,
        };
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

    private int ByNames(int[] one, int[] other)
    {
        for (var index = 0; index < Math.Min(one.Length, other.Length); index++)
        {
            var order = string.CompareOrdinal(names[one[index]], names[other[index]]);
            if (order != 0)
                return order;
        }

        return one.Length.CompareTo(other.Length);
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
