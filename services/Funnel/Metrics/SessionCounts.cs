using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics.Counting;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Metrics;

/// <summary>The sessions that a report counts.</summary>
/// <param name="Site">Of which.</param>
/// <param name="Span">When they started.</param>
/// <param name="Segment">Valid; null: all sessions but those of bots.</param>
/// <param name="HasHours">Whether all totals of hours are by the time zone of the site.</param>
internal sealed record CountedSessions(SiteConfiguration Site, ReportSpan Span, Segment? Segment, bool HasHours);

/// <summary>Counts metrics of sessions by reading their columns.</summary>
internal sealed class SessionCounts(
    FilterMatcher filterMatcher,
    FactColumnStore scans,
    KeptSums keptSums,
    PartialAggregateCache aggregates,
    NpgsqlDataSource dataSource,
    TimeProvider time)
{
    /// <summary>Counts all of some tallies, reading the sessions once.</summary>
    /// <param name="connection">With the snapshot of the report.</param>
    public async Task CountAsync(
        NpgsqlConnection connection,
        CountedSessions sessions,
        IReadOnlyList<Tally> tallies,
        CancellationToken cancellationToken)
    {
        if (tallies.Count == 0)
            return;
        var segment = sessions.Segment;
        var scan = await scans.PlanAsync(
            connection,
            sessions.Site,
            sessions.Span,
            tallies.SelectMany(tally => tally.Columns)
                .Concat(SessionFilter.ColumnsOf(segment?.Filters ?? []))
                .Concat(NeedPersons(tallies) ? PersonResolver.ColumnsOf(segment?.Unit ?? Unit.Unspecified) : []),
            chunk => tallies.Any(tally => tally.NeedsStart(chunk)) ? [FactColumns.StartedAt] : [],
            cancellationToken);
        if (scan.IsInOrder)
        {
            foreach (var tally in tallies)
                tally.ExpectOrder();
        }

        try
        {
            await CountAsync(connection, sessions, tallies, scan, cancellationToken);
        }
        catch (TooManyValuesException)
        {
            throw GrpcErrors.ResourceExhausted(
                "The report is too large: ask for a shorter period, for fewer metrics, or without distinct counts, "
                + "percentiles and a breakdown by path, event or conversion type.");
        }
    }

    private async Task CountAsync(
        NpgsqlConnection connection,
        CountedSessions sessions,
        IReadOnlyList<Tally> tallies,
        ColumnReader scan,
        CancellationToken cancellationToken)
    {
        var sums = new KeptSumsOfReport(keptSums, sessions, tallies);
        var chunks = scan.Planned.Where(chunk => !sums.TryAdd(chunk)).ToList();
        if (tallies is not [{ IsOfSums: false, IsOfWhole: true } tally])
        {
            await AddAsync(connection, sessions, tallies, scan, chunks, sums, cancellationToken);
            return;
        }

        var (span, segment) = (sessions.Span, sessions.Segment);
        await aggregates.AggregateAsync(
            new AggregateKey(sessions.Site.SiteId, segment, tally.NameUntil),
            chunks,
            scan.Stable(span, segment?.Unit ?? Unit.Unspecified, time.GetUtcNow().UtcDateTime),
            (Tally kept) => tally.GoOnFrom(kept),
            some => AddAsync(connection, sessions, tallies, scan, some, sums, cancellationToken),
            () =>
            {
                var copy = tally.Copy();
                return (copy, copy.Bytes);
            });
    }

    private async Task AddAsync(
        NpgsqlConnection connection,
        CountedSessions sessions,
        IReadOnlyList<Tally> tallies,
        ColumnReader scan,
        IReadOnlyList<PlannedChunk> chunks,
        KeptSumsOfReport sums,
        CancellationToken cancellationToken)
    {
        if (chunks.Count == 0)
            return;
        var (siteId, segment) = (sessions.Site.SiteId, sessions.Segment);
        var filter = await SessionFilter.ReadAsync(filterMatcher, siteId, sessions.Span, segment, cancellationToken);
        var persons = NeedPersons(tallies)
            ? await PersonResolver.ReadAsync(
                connection, dataSource, siteId, segment?.Unit ?? Unit.Unspecified, cancellationToken)
            : null;
        var asked = chunks.ToHashSet();
        await foreach (var chunk in scan.ReadAsync(cancellationToken, asked.Contains))
        {
            var selected = filter.Select(chunk);
            if (sums.AddAndKeep(chunk, selected))
                continue;
            foreach (var tally in tallies)
                tally.Add(chunk, selected, persons);
        }
    }

    private static bool NeedPersons(IReadOnlyList<Tally> tallies) => tallies.Any(tally => tally.NeedsPersons);

    /// <summary>The figures of a tally that was counted.</summary>
    public async Task<Figures> FinishAsync(string siteId, Tally tally, CancellationToken cancellationToken) =>
        tally.Finish(await SiteDictionary.Texts(dataSource, siteId).DecodeAsync(tally.Currencies, cancellationToken));

    /// <summary>Begins with the figures of all sessions.</summary>
    public static async Task<WholeFigures> BeginAsync(
        NpgsqlConnection connection,
        CountedSessions sessions,
        IReadOnlyList<Metric.Types.Name> metrics,
        DateTime[]? buckets,
        CancellationToken cancellationToken)
    {
        var told = HourSums.Told(metrics, sessions, buckets);
        var sums = await HourSums.ReadAsync(connection, told, sessions, buckets, cancellationToken);
        Metric.Types.Name[] rest = [.. metrics.Except(told)];
        return new WholeFigures(metrics, sums, rest.Length == 0 ? null : new Tally(rest, Keying.Whole(), buckets));
    }

    /// <summary>Ends with them, after what is left of them was counted.</summary>
    public async Task<Figures> FinishAsync(string siteId, WholeFigures whole, CancellationToken cancellationToken)
    {
        if (whole.Rest is null)
            return whole.With(null);
        return whole.With(await FinishAsync(siteId, whole.Rest, cancellationToken));
    }
}

/// <summary>The figures of all sessions: what sums of hours tell of them, and the tally of the rest.</summary>
/// <param name="Rest">Null: there is nothing left to count.</param>
internal sealed record WholeFigures(
    IReadOnlyList<Metric.Types.Name> Metrics, IReadOnlyDictionary<Metric.Types.Name, double[]> Sums, Tally? Rest)
{
    public IReadOnlyList<Tally> Tallies => Rest is null ? [] : [Rest];

    /// <summary>All of them together, under the key 0.</summary>
    public Figures With(Figures? counted)
    {
        var cells = counted?.Cells ?? new Cells(1, Sums.Values.First().Length - 1);
        return new Figures(Metrics, cells, [.. Metrics.Select(Of)], counted?.Revenue);

        double[] Of(Metric.Types.Name metric)
        {
            if (Sums.TryGetValue(metric, out var values))
                return values;
            var index = counted!.Metrics.ToList().IndexOf(metric);
            return counted.Values[index];
        }
    }
}

/// <summary>The sums that are kept of what a report counts.</summary>
internal sealed class KeptSumsOfReport(KeptSums kept, CountedSessions sessions, IReadOnlyList<Tally> tallies)
{
    private readonly bool areKept = tallies.All(tally => tally.IsOfSums);

    /// <summary>Adds those of a chunk.</summary>
    /// <returns>False: there are not all; the chunk has to be read.</returns>
    public bool TryAdd(PlannedChunk chunk)
    {
        if (!Keeps(chunk))
            return false;
        var found = tallies.Select(tally => kept.Find(sessions.Site.SiteId, chunk, sessions.Segment, tally)).ToList();
        if (found.Contains(null))
            return false;
        foreach (var (tally, sums) in tallies.Zip(found))
            tally.Add(sums!);
        return true;
    }

    /// <summary>Adds those of a chunk that was read, and keeps them.</summary>
    /// <returns>False: sums of this report or chunk are not kept.</returns>
    public bool AddAndKeep(Chunk chunk, bool[] selected)
    {
        if (!Keeps(chunk.Planned))
            return false;
        foreach (var tally in tallies)
        {
            var sums = tally.SumsOf(chunk, selected);
            kept.Add(sessions.Site.SiteId, chunk.Planned, sessions.Segment, tally, sums);
            tally.Add(sums);
        }

        return true;
    }

    // What the report's span cuts off is of no use to others.
    private bool Keeps(PlannedChunk chunk) =>
        areKept && sessions.Span.Holds(chunk.FirstHour, chunk.Before);
}
