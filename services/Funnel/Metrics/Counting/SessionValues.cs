using SessionPlatform.Funnel.Columns;
using static SessionPlatform.Funnel.Metrics.SessionMetric;

namespace SessionPlatform.Funnel.Metrics.Counting;

/// <summary>What metrics need of single sessions, beyond sums: who their visitors are, their times, their revenue.</summary>
internal sealed class SessionValues
{
    private readonly IReadOnlyList<SessionMetric> metrics;
    private readonly bool isInOrder;
    private IDistinct? visitors;
    private IDistinct? newVisitors;
    private IDistinct? users;
    private IPercentiles? durations;
    private IPercentiles? loads;

    /// <param name="metrics">What is asked for.</param>
    /// <param name="isInOrder">Whether groups are buckets, and sessions come in the order of time.</param>
    public SessionValues(IReadOnlyList<SessionMetric> metrics, bool isInOrder)
    {
        (this.metrics, this.isInOrder) = (metrics, isInOrder);
        visitors = Needs(Over.Visitors) || Needs(Over.ReturningVisitors) ? NewDistinct() : null;
        newVisitors = Needs(Over.NewVisitors) || Needs(Over.ReturningVisitors) ? NewDistinct() : null;
        users = Needs(Over.Users) ? NewDistinct() : null;
        durations = Needs(Over.Durations) ? NewPercentiles(Over.Durations) : null;
        loads = Needs(Over.LoadTimes) ? NewPercentiles(Over.LoadTimes) : null;
        Money = Needs(Over.Money) ? new MoneySums() : null;
    }

    /// <summary>Null: it is not asked for.</summary>
    public MoneySums? Money { get; private set; }

    /// <summary>The numbers of the currencies that there are.</summary>
    public IReadOnlyCollection<int> Currencies => Money?.Currencies ?? [];

    /// <summary>Whether somebody asks who visitors are.</summary>
    public bool NeedPersons => visitors is not null || newVisitors is not null;

    /// <summary>What it reads of a chunk; persons not included.</summary>
    public IEnumerable<Column> Columns =>
    [
        .. users is null ? [] : (Column[])[FactColumns.User],
        .. durations is null ? [] : (Column[])[FactColumns.Duration],
        .. loads is null ? [] : (Column[])[FactColumns.Pages.Counts, FactColumns.PageLoad],
        .. Money is null
            ? []
            : (Column[])[FactColumns.Money.Counts, FactColumns.MoneyCurrency, FactColumns.MoneyAmount],
    ];

    /// <summary>What is kept of sessions in order, about.</summary>
    public long Bytes => new[] { visitors, newVisitors, users }.Sum(each => ((DistinctInOrder?)each)?.Bytes ?? 0)
        + new[] { durations, loads }.Sum(each => ((PercentilesInOrder?)each)?.Bytes ?? 0);

    /// <summary>The same of sessions in order, to be added to.</summary>
    public SessionValues Copy() => new(metrics, isInOrder)
    {
        visitors = ((DistinctInOrder?)visitors)?.Copy(),
        newVisitors = ((DistinctInOrder?)newVisitors)?.Copy(),
        users = ((DistinctInOrder?)users)?.Copy(),
        durations = ((PercentilesInOrder?)durations)?.Copy(),
        loads = ((PercentilesInOrder?)loads)?.Copy(),
        Money = Money?.Copy(),
    };

    /// <param name="rows">The sessions of the chunk that count.</param>
    /// <param name="areOfPages">Whether keys are of page views.</param>
    /// <param name="persons">Null: they are not needed.</param>
    public void Add(Chunk chunk, ChunkRows rows, bool areOfPages, PersonResolver? persons)
    {
        if (persons is not null)
            AddPersons(chunk, rows, persons);
        if (users is not null)
            AddUsers(chunk.Values(FactColumns.User), rows, users);
        if (durations is not null)
            AddDurations(chunk.Values(FactColumns.Duration), rows, durations);
        if (loads is not null && areOfPages)
            AddLoadsOfPages(chunk, rows, loads);
        else if (loads is not null)
            AddLoads(chunk, rows, loads);
        if (Money is not null)
            AddMoney(chunk, rows, Money);
    }

    /// <summary>The figures of metrics; of revenue none. Nothing is added later.</summary>
    public Func<SessionMetric, double[]> Find(Cells cells)
    {
        var (seen, first, ids) = (visitors?.Count(cells), newVisitors?.Count(cells), users?.Count(cells));
        var (ofDurations, ofLoads) = (durations?.Find(cells), loads?.Find(cells));
        return metric => metric.Part switch
        {
            Over.Visitors => seen!,
            Over.NewVisitors => first!,
            Over.ReturningVisitors => [.. seen!.Zip(first!, (all, some) => all - some)],
            Over.Users => ids!,
            Over.Durations => ofDurations![metric.Fraction],
            Over.LoadTimes => ofLoads![metric.Fraction],
            _ => [],
        };
    }

    private bool Needs(Over part) => metrics.Any(metric => metric.Part == part);

    private IDistinct NewDistinct() => isInOrder ? new DistinctInOrder() : new Distinct();

    private IPercentiles NewPercentiles(Over part)
    {
        double[] fractions =
            [.. metrics.Where(metric => metric.Part == part).Select(metric => metric.Fraction).Distinct()];
        return isInOrder ? new PercentilesInOrder(fractions) : new Percentiles(fractions);
    }

    private void AddPersons(Chunk chunk, ChunkRows rows, PersonResolver persons)
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

    private static void AddUsers(int[] ofSessions, ChunkRows rows, IDistinct found)
    {
        var sessions = rows.Sessions;
        var groups = rows.Groups;
        for (var row = 0; row < groups.Length; row++)
        {
            if (ofSessions[sessions[row]] is var user and not 0)
                found.Add(groups[row], user);
        }
    }

    private static void AddDurations(long[] ofSessions, ChunkRows rows, IPercentiles found)
    {
        var sessions = rows.Sessions;
        var groups = rows.Groups;
        for (var row = 0; row < groups.Length; row++)
            found.Add(groups[row], ofSessions[sessions[row]] / MicrosPerSecond);
    }

    private static void AddLoadsOfPages(Chunk chunk, ChunkRows rows, IPercentiles found)
    {
        var values = chunk.Values(FactColumns.PageLoad);
        var groups = rows.PartGroups;
        for (var page = 0; page < groups.Length; page++)
        {
            if (groups[page] != Keying.None && !double.IsNaN(values[page]))
                found.Add(groups[page], values[page]);
        }
    }

    private static void AddLoads(Chunk chunk, ChunkRows rows, IPercentiles found)
    {
        var values = chunk.Values(FactColumns.PageLoad);
        var begins = chunk.Offsets(FactColumns.Pages);
        var sessions = rows.Sessions;
        var groups = rows.Groups;
        for (var row = 0; row < groups.Length; row++)
        {
            foreach (var load in values.AsSpan(begins[sessions[row]]..begins[sessions[row] + 1]))
            {
                if (!double.IsNaN(load))
                    found.Add(groups[row], load);
            }
        }
    }

    private static void AddMoney(Chunk chunk, ChunkRows rows, MoneySums found)
    {
        var (currencies, amounts) = (chunk.Values(FactColumns.MoneyCurrency), chunk.Values(FactColumns.MoneyAmount));
        var begins = chunk.Offsets(FactColumns.Money);
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
