using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;
using static SessionPlatform.Funnel.Metrics.SessionMetric;
using Dimensions = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Funnel.Metrics.Counting;

/// <summary>Counts some metrics of sessions, chunk by chunk, by key and bucket.</summary>
internal sealed class Tally
{
    private readonly IReadOnlyList<Metric.Types.Name> names;
    private readonly IReadOnlyList<SessionMetric> metrics;
    private readonly Keying keying;
    private readonly Bucketing bucketing;
    private readonly FactSum[] asked;
    private readonly SumTable sums;
    private readonly ChunkRows rows;
    private readonly PartSums parts;
    private readonly Distinct? visitors;
    private readonly Distinct? newVisitors;
    private readonly Distinct? users;
    private readonly Percentiles? durations;
    private readonly Percentiles? loads;
    private readonly MoneySums? money;

    public Tally(IReadOnlyList<Metric.Types.Name> names, Keying keying, DateTime[]? buckets = null)
    {
        this.names = names;
        metrics = [.. names.Select(name => Find(name)!)];
        this.keying = keying;
        bucketing = new Bucketing(buckets);
        asked = [.. SumsOf(metrics).Distinct()];
        sums = new SumTable(asked);
        parts = new PartSums(keying.Dimension, sums);
        visitors = Needs(Over.Visitors) || Needs(Over.ReturningVisitors) ? new Distinct() : null;
        newVisitors = Needs(Over.NewVisitors) || Needs(Over.ReturningVisitors) ? new Distinct() : null;
        users = Needs(Over.Users) ? new Distinct() : null;
        durations = Needs(Over.Durations) ? new Percentiles() : null;
        loads = Needs(Over.LoadTimes) ? new Percentiles() : null;
        money = Needs(Over.Money) ? new MoneySums() : null;
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

    /// <summary>What it reads of every chunk; persons not included.</summary>
    public IEnumerable<Column> Columns => ChunkRows.ColumnsOf(keying.Dimension)
        .Concat(parts.Columns)
        .Concat(asked.Where(sum => !parts.Adds(sum)).SelectMany(sum => SessionSums.ColumnsOf(sum)))
        .Concat(users is null ? [] : [FactColumns.User])
        .Concat(durations is null ? [] : [FactColumns.Duration])
        .Concat(loads is null ? [] : [FactColumns.Pages.Counts, FactColumns.PageLoad])
        .Concat(money is null ? [] : [FactColumns.Money.Counts, FactColumns.MoneyCurrency, FactColumns.MoneyAmount]);

    /// <summary>Whether it asks who visitors are.</summary>
    public bool NeedsPersons => visitors is not null || newVisitors is not null;

    /// <summary>The numbers of the currencies that there are.</summary>
    public IReadOnlyCollection<int> Currencies => money?.Currencies ?? [];

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

    /// <summary>Counts the sessions of a chunk that are selected.</summary>
    /// <param name="persons">Null: they are not needed.</param>
    public void Add(Chunk chunk, bool[] selected, Persons? persons)
    {
        rows.Read(chunk, selected);
        sums.Reserve(rows.GroupCount);
        HasFirst |= !HasFirst && (HasFirstOf(rows.Groups) || HasFirstOf(rows.PartGroups));
        parts.Add(chunk, rows.PartGroups);
        foreach (var sum in asked.Where(sum => !parts.Adds(sum)))
            SessionSums.Add(sum, chunk, rows, sums);
        if (persons is not null)
            AddPersons(chunk, persons);
        if (users is not null)
            AddUsers(chunk.Of(FactColumns.User), users);
        if (durations is not null)
            AddDurations(chunk.Of(FactColumns.Duration), durations);
        if (loads is not null)
            AddLoads(chunk, loads);
        if (money is not null)
            AddMoney(chunk, money);
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
        var (seen, first, ids) = (visitors?.Count(cells), newVisitors?.Count(cells), users?.Count(cells));
        var ofDurations = durations?.Find(cells, FractionsOf(Over.Durations));
        var ofLoads = loads?.Find(cells, FractionsOf(Over.LoadTimes));
        return new Figures(
            names,
            cells,
            [.. metrics.Select(metric => metric.Part switch
            {
                Over.Sums => FromSums(metric, sums, cells),
                Over.Visitors => seen!,
                Over.NewVisitors => first!,
                Over.ReturningVisitors => [.. seen!.Zip(first!, (all, some) => all - some)],
                Over.Users => ids!,
                Over.Durations => ofDurations![metric.Fraction],
                Over.LoadTimes => ofLoads![metric.Fraction],
                _ => [],
            })],
            money?.Write(cells, currencies));
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

    private IEnumerable<double> FractionsOf(Over part) =>
        metrics.Where(metric => metric.Part == part).Select(metric => metric.Fraction);

    private bool Needs(Over part) => metrics.Any(metric => metric.Part == part);

    private bool HasFirstOf(ReadOnlySpan<int> groups) => groups.ContainsAnyInRange(0, bucketing.Count - 1);

    private void AddPersons(Chunk chunk, Persons persons)
    {
        var sessions = rows.Sessions;
        var groups = rows.Groups;
        var who = persons.Of(chunk);
        if (visitors is not null)
        {
            for (var row = 0; row < groups.Length; row++)
                visitors.Add(groups[row], who[sessions[row]]);
        }

        if (newVisitors is null)
            return;
        var areFirst = persons.AreFirst(chunk);
        for (var row = 0; row < groups.Length; row++)
        {
            if (areFirst[sessions[row]])
                newVisitors.Add(groups[row], who[sessions[row]]);
        }
    }

    private void AddUsers(int[] ofSessions, Distinct found)
    {
        var sessions = rows.Sessions;
        var groups = rows.Groups;
        for (var row = 0; row < groups.Length; row++)
        {
            if (ofSessions[sessions[row]] is var user and not 0)
                found.Add(groups[row], user);
        }
    }

    private void AddDurations(long[] ofSessions, Percentiles found)
    {
        var sessions = rows.Sessions;
        var groups = rows.Groups;
        for (var row = 0; row < groups.Length; row++)
            found.Add(groups[row], ofSessions[sessions[row]] / MicrosPerSecond);
    }

    private void AddLoads(Chunk chunk, Percentiles found)
    {
        var values = chunk.Of(FactColumns.PageLoad);
        if (parts.AreOfPages)
        {
            var groups = rows.PartGroups;
            for (var page = 0; page < groups.Length; page++)
            {
                if (groups[page] != Keying.None && !double.IsNaN(values[page]))
                    found.Add(groups[page], values[page]);
            }

            return;
        }

        var begins = chunk.BeginsOf(FactColumns.Pages);
        var sessions = rows.Sessions;
        var ofRows = rows.Groups;
        for (var row = 0; row < ofRows.Length; row++)
        {
            foreach (var load in values.AsSpan(begins[sessions[row]]..begins[sessions[row] + 1]))
            {
                if (!double.IsNaN(load))
                    found.Add(ofRows[row], load);
            }
        }
    }

    private void AddMoney(Chunk chunk, MoneySums found)
    {
        var (currencies, amounts) = (chunk.Of(FactColumns.MoneyCurrency), chunk.Of(FactColumns.MoneyAmount));
        var begins = chunk.BeginsOf(FactColumns.Money);
        var sessions = rows.Sessions;
        var groups = rows.Groups;
        for (var row = 0; row < groups.Length; row++)
        {
            var session = sessions[row];
            for (var index = begins[session]; index < begins[session + 1]; index++)
                found.Add(groups[row], currencies[index], amounts[index]);
        }
    }
}
