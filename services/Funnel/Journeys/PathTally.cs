using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Funnel.Funnels;
using Path = SessionPlatform.Contracts.Journeys.V1.Path;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>Counts sessions by the path they took.</summary>
/// <param name="minLength">Paths of fewer steps do not count.</param>
internal sealed class PathTally(PageNames names, int minLength, bool byDevice)
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long NanosecondsPerMicrosecond = 1_000;

    private readonly Dictionary<int[], int> numbers = new(new PathComparer());
    private readonly List<int[]> paths = [];
    private readonly List<Count> counts = [];
    private readonly Dictionary<(int Path, string Device), Count> devices = [];
    private readonly int[] pages = new int[JourneyRules.MaxLength];

    /// <summary>Different paths so far; with devices, those of each, where that is more.</summary>
    public int Distinct => Math.Max(paths.Count, devices.Count);

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
        Visitors.Add(path, Visitors.NumberOf(session.Person));
        CollectionsMarshal.AsSpan(counts)[path].Add(session, steps[^1].Offset - steps[0].Offset);
        if (byDevice)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(devices, (path, session.DeviceType), out _)
                .Add(session, microseconds: 0);
        }
    }

    /// <summary>The most frequent paths. To be called once.</summary>
    public GetPathsResponse Result(int limit)
    {
        var top = Enumerable.Range(0, paths.Count)
            .OrderByDescending(path => counts[path].Sessions)
            .ThenBy(path => paths[path], Comparer<int[]>.Create(ByNames))
            .Take(limit)
            .ToList();
        var groupOf = new int[paths.Count];
        Array.Fill(groupOf, -1);
        for (var index = 0; index < top.Count; index++)
            groupOf[top[index]] = index;
        var visitors = Visitors.CountBy(groupOf, top.Count);
        var devicesOf = devices.Where(device => groupOf[device.Key.Path] >= 0).ToLookup(device => device.Key.Path);

        var answer = new GetPathsResponse
        {
            Sessions = FunnelTable.Count(Sessions),
            DistinctPaths = FunnelTable.Count(paths.Count),
        };
        answer.Paths.Add(top.Select((path, index) => Row(path, visitors[index], devicesOf[path])));
        return answer;
    }

    private int NumberOf(ReadOnlySpan<int> path)
    {
        var lookup = numbers.GetAlternateLookup<ReadOnlySpan<int>>();
        if (lookup.TryGetValue(path, out var number))
            return number;
        number = paths.Count;
        paths.Add(path.ToArray());
        counts.Add(default);
        return numbers[paths[number]] = number;
    }

    private Path Row(
        int path, uint visitors, IEnumerable<KeyValuePair<(int Path, string Device), Count>> devicesOfPath)
    {
        var count = counts[path];
        var row = new Path
        {
            Pages = { paths[path].Select(page => names[page]) },
            Sessions = FunnelTable.Count(count.Sessions),
            Visitors = visitors,
            AverageTime = count.AverageTime,
            ConversionRate = count.ConversionRate,
        };
        row.Devices.Add(devicesOfPath
            .OrderByDescending(device => device.Value.Sessions)
            .ThenBy(device => device.Key.Device, StringComparer.Ordinal)
            .Select(device => new PathDevice
            {
                DeviceType = device.Key.Device,
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
        private long converted;
        private long microseconds;

        public long Sessions { get; private set; }

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
