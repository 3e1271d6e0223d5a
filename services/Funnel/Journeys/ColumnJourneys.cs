using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>All page views of each session, from columns.</summary>
internal sealed class ColumnJourneys(
    NpgsqlDataSource dataSource,
    FilterMatcher filterMatcher,
    FactColumnStore scans,
    PartialAggregateCache aggregates,
    TimeProvider time)
{
    private static readonly Column<int> DeviceColumn = FactColumns.OfSession[Dimension.Types.Name.DeviceType];

    /// <summary>Counts all sessions.</summary>
    /// <param name="connection">With the snapshot of the report.</param>
    /// <param name="empty">What counts them; one that has counted some of them before may take its place.</param>
    public async Task<IJourneyTally> CountAsync(
        NpgsqlConnection connection,
        JourneySelection selection,
        IJourneyTally empty,
        CancellationToken cancellationToken)
    {
        var segment = selection.Segment;
        var scan = await PlanAsync(connection, selection, cancellationToken);
        var tally = empty;
        await aggregates.AggregateAsync(
            new AggregateKey(selection.Site.SiteId, segment, _ => empty.Name),
            [.. scan.Planned],
            scan.Stable(selection.Span, segment?.Unit ?? default, time.GetUtcNow().UtcDateTime),
            (IJourneyTally counted) => tally = counted.GoOn(),
            some => AddAsync(connection, selection, scan, some, tally, cancellationToken),
            () =>
            {
                var closed = tally;
                closed.Close();
                tally = closed.GoOn();
                return (closed, closed.Bytes);
            });
        return tally;
    }

    private Task<ColumnReader> PlanAsync(
        NpgsqlConnection connection, JourneySelection selection, CancellationToken cancellationToken)
    {
        var segment = selection.Segment;
        Column[] columns =
        [
            FactColumns.Pages.Counts, FactColumns.PagePath, FactColumns.Conversions, DeviceColumn,
            .. selection.WithTimes ? [FactColumns.PageOffset] : (Column[])[],
            .. SessionFilter.ColumnsOf(segment?.Filters ?? []), .. PersonResolver.ColumnsOf(segment?.Unit ?? default),
        ];
        return scans.PlanAsync(connection, selection.Site, selection.Span, columns, _ => [], cancellationToken);
    }

    private async Task AddAsync(
        NpgsqlConnection connection,
        JourneySelection selection,
        ColumnReader scan,
        IReadOnlyList<PlannedChunk> chunks,
        IJourneyTally tally,
        CancellationToken cancellationToken)
    {
        if (chunks.Count == 0)
            return;
        var (siteId, segment) = (selection.Site.SiteId, selection.Segment);
        var filter = await SessionFilter.ReadAsync(filterMatcher, siteId, selection.Span, segment, cancellationToken);
        var persons = await PersonResolver.ReadAsync(
            connection, dataSource, siteId, segment?.Unit ?? default, cancellationToken);
        var pageMap = new DictionaryLookup(SiteDictionary.Texts(dataSource, siteId), tally.Pages.Of);
        var deviceMap = new DictionaryLookup(SiteDictionary.Texts(dataSource, siteId), tally.Devices.Of);
        var asked = chunks.ToHashSet();
        await foreach (var chunk in scan.ReadAsync(cancellationToken, asked.Contains))
        {
            await pageMap.LearnAsync(chunk.Values(FactColumns.PagePath), cancellationToken);
            await deviceMap.LearnAsync(chunk.Values(DeviceColumn), cancellationToken);
            Add(
                chunk, filter.Select(chunk), persons.Of(chunk), pageMap.Values, deviceMap.Values, selection.WithTimes,
                tally);
        }
    }

    private static void Add(
        Chunk chunk,
        bool[] selected,
        int[] persons,
        ReadOnlySpan<int> pageMap,
        ReadOnlySpan<int> deviceMap,
        bool withTimes,
        IJourneyTally tally)
    {
        int[] pages = [.. chunk.Values(FactColumns.PagePath)];
        for (var view = 0; view < pages.Length; view++)
            pages[view] = pageMap[pages[view]];
        var offsets = withTimes ? chunk.Values(FactColumns.PageOffset) : new long[pages.Length];
        var (begins, devices) = (chunk.Offsets(FactColumns.Pages), chunk.Values(DeviceColumn));
        var conversions = chunk.Values(FactColumns.Conversions);
        for (var session = 0; session < selected.Length; session++)
        {
            var (begin, count) = (begins[session], begins[session + 1] - begins[session]);
            if (!selected[session] || count == 0)
                continue;
            tally.Add(
                pages.AsSpan(begin, count),
                offsets.AsSpan(begin, count),
                new JourneySession(persons[session], deviceMap[devices[session]], conversions[session] > 0));
        }
    }
}
