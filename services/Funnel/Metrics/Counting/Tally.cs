using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;
using static SessionPlatform.Funnel.Metrics.SessionMetric;
using Dimensions = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Funnel.Metrics.Counting;

/// <summary>Counts some metrics of sessions, chunk by chunk, by key and bucket.</summary>
internal sealed class Tally
{
    private const int GroupBytes = sizeof(long);

    private readonly IReadOnlyList<Metric.Types.Name> names;
    private readonly IReadOnlyList<SessionMetric> metrics;
    private readonly Keying keying;
    private readonly DateTime[]? begins;
    private readonly Bucketing bucketing;
    private readonly FactSum[] asked;
    private readonly SumTable sums;
    private readonly ChunkRows rows;
    private readonly PartSums parts;
    private SessionValues values;

    public Tally(IReadOnlyList<Metric.Types.Name> names, Keying keying, DateTime[]? buckets = null)
    {
        this.names = names;
        metrics = [.. names.Select(name => Find(name)!)];
        this.keying = keying;
        begins = buckets;
        bucketing = new Bucketing(buckets);
        asked = [.. SumsOf(metrics).Distinct()];
        sums = new SumTable(asked);
        parts = new PartSums(keying.Dimension, sums);
        values = new SessionValues(metrics, isInOrder: false);
        rows = new ChunkRows(keying, bucketing, needsRows: !AddsUp(names, keying.Dimension));
        SumsName = $"{keying.Dimension}: {string.Join(' ', asked)}";
    }

    /// <summary>Whether there are sessions of the key 0: of ranks, others than those of the ranks.</summary>
    public bool HasFirst { get; private set; }

    public IReadOnlyList<int> KeyValues => keying.Values;

    /// <summary>Tells apart what is added up.</summary>
    public string SumsName { get; }

    /// <summary>How many different sums there are.</summary>
    public int SumCount => asked.Length;

    /// <summary>
    /// Whether it is made of whole numbers that add up from chunk to chunk, in whatever order: then those of a chunk can be
    /// kept.
    /// </summary>
    public bool IsOfSums => bucketing.Count == 1 && metrics.All(metric => metric.Part == Over.Sums)
        && !asked.Contains(FactSum.ScrollDepth)
        && (keying.IsByValue ? AddsUp(names, keying.Dimension) : keying.Dimension == Dimensions.Unspecified);

    /// <summary>Whether sessions are counted all together.</summary>
    public bool IsOfWhole => !keying.IsByValue && keying.Dimension == Dimensions.Unspecified;

    /// <summary>What it reads of every chunk; persons not included.</summary>
    public IEnumerable<Column> Columns => ChunkRows.ColumnsOf(keying.Dimension)
        .Concat(parts.Columns)
        .Concat(asked.Where(sum => !parts.Adds(sum)).SelectMany(sum => SessionSums.ColumnsOf(sum)))
        .Concat(values.Columns);

    /// <summary>Whether it asks who visitors are.</summary>
    public bool NeedsPersons => values.NeedPersons;

    /// <summary>The numbers of the currencies that there are.</summary>
    public IReadOnlyCollection<int> Currencies => values.Currencies;

    /// <summary>
    /// Whether figures of several values are the sums of those of each: of a dimension of which each session has one
    /// value, or where only parts are counted.
    /// </summary>
    public static bool AddsUp(IEnumerable<Metric.Types.Name> metrics, Dimensions dimension) => metrics.All(metric =>
        Find(metric) is { Part: Over.Sums } found
        && (FactColumns.OfSession.ContainsKey(dimension)
            || SumsOf([found]).All(sum => PartSums.Adds(dimension, sum))));

    /// <summary>Whether it needs to know when sessions of a chunk started.</summary>
    public bool NeedsStart(PlannedChunk chunk) => bucketing.Cuts(chunk);

    /// <summary>
    /// What it counts, and where its buckets are up to a time: two of the same name have counted the same of the same
    /// sessions, where it <see cref="IsOfWhole"/>.
    /// </summary>
    public string NameUntil(DateTime time) => $"series {string.Join(' ', names)} {bucketing.NameUntil(time)}";

    /// <summary>About what it takes.</summary>
    public long Bytes => values.Bytes + ((long)SumCount * GroupBytes * bucketing.Count);

    /// <summary>Sessions come in the order of time; to be told before the first.</summary>
    public void ExpectOrder() => values = new SessionValues(metrics, isInOrder: IsOfWhole);

    /// <summary>Goes on from what another one has counted, of the same name; it expects order, and nothing was added yet.</summary>
    public void GoOnFrom(Tally other)
    {
        sums.Reserve(other.bucketing.Count);
        sums.Add(other.sums, [.. Enumerable.Range(0, other.bucketing.Count)]);
        values = other.values.Copy();
    }

    /// <summary>The same, to go on from.</summary>
    public Tally Copy()
    {
        var copy = new Tally(names, Keying.Whole(), begins);
        sums.Reserve(bucketing.Count);
        copy.GoOnFrom(this);
        return copy;
    }

    /// <summary>Counts the sessions of a chunk that are selected.</summary>
    /// <param name="persons">Null: they are not needed.</param>
    public void Add(Chunk chunk, bool[] selected, PersonResolver? persons)
    {
        rows.Read(chunk, selected);
        sums.Reserve(rows.GroupCount);
        HasFirst |= !HasFirst && (HasFirstOf(rows.Groups) || HasFirstOf(rows.PartGroups));
        parts.Add(chunk, rows.PartGroups);
        foreach (var sum in asked.Where(sum => !parts.Adds(sum)))
            SessionSums.Add(sum, chunk, rows, sums);
        values.Add(chunk, rows, parts.AreOfPages, persons);
    }

    /// <summary>The sums of one chunk, of what <see cref="IsOfSums"/>.</summary>
    public ChunkSums SumsOf(Chunk chunk, bool[] selected)
    {
        var alone = new Tally(
            names, keying.IsByValue ? Keying.ByValue(keying.Dimension) : Keying.Whole());
        alone.Add(chunk, selected, persons: null);
        return new ChunkSums([.. alone.KeyValues], alone.sums);
    }

    /// <summary>Adds the sums of a chunk.</summary>
    public void Add(ChunkSums kept)
    {
        var target = keying.IsByValue ? Array.ConvertAll(kept.Values, keying.Of) : [0];
        sums.Reserve(keying.Count);
        sums.Add(kept.Sums, target);
    }

    /// <summary>The figures of all keys; nothing is added later.</summary>
    /// <param name="currencies">The texts of <see cref="Currencies"/>.</param>
    public Figures Finish(IReadOnlyDictionary<int, string> currencies)
    {
        var cells = new Cells(keying.Count, bucketing.Count);
        sums.Reserve(cells.Groups);
        var ofValues = values.Find(cells);
        return new Figures(
            names,
            cells,
            [.. metrics.Select(metric => metric.Part == Over.Sums ? FromSums(metric, sums, cells) : ofValues(metric))],
            values.Money?.Write(cells, currencies));
    }

    /// <summary>The figures by rank, from 1, of others under the key 0; of what <see cref="AddsUp"/>, without buckets.</summary>
    /// <param name="ranked">The keys of the ranks.</param>
    public RankedFigures Fold(IReadOnlyList<int> ranked)
    {
        sums.Reserve(keying.Count);
        var target = new int[keying.Count];
        for (var rank = 0; rank < ranked.Count; rank++)
            target[ranked[rank]] = rank + 1;
        var cells = new Cells(ranked.Count + 1, 1);
        var folded = sums.Fold(target, cells.Groups);
        var figures = new Figures(names, cells, [.. metrics.Select(metric => FromSums(metric, folded, cells))], null);
        return new RankedFigures(figures, HasOther: ranked.Count < keying.Count);
    }

    private static IEnumerable<FactSum> SumsOf(IEnumerable<SessionMetric> metrics) => metrics
        .Where(metric => metric.Part == Over.Sums)
        .SelectMany(metric => metric.Divisor is { } divisor ? [metric.Sum, divisor] : (FactSum[])[metric.Sum]);

    private static double[] FromSums(SessionMetric metric, SumTable sums, Cells cells)
    {
        var figures = new double[cells.Count];
        for (var key = 0; key < cells.Keys; key++)
        {
            figures[cells.Of(key)] = Of(key * cells.Buckets, cells.Buckets);
            for (var bucket = 0; bucket < cells.Buckets; bucket++)
                figures[cells.Of(key, bucket)] = Of((key * cells.Buckets) + bucket, 1);
        }

        return figures;

        double Of(int first, int count)
        {
            var sum = sums.Total(metric.Sum, first, count) / metric.Unit;
            if (metric.Divisor is not { } divisor)
                return sum;
            var by = sums.Total(divisor, first, count);
            return by == 0 ? double.NaN : sum / by;
        }
    }

    private bool HasFirstOf(ReadOnlySpan<int> groups) => groups.ContainsAnyInRange(0, bucketing.Count - 1);
}
