using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Metrics;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>All page views of each session, from columns.</summary>
internal sealed class ColumnJourneys(NpgsqlDataSource dataSource, ReportDatabase database, ColumnScans scans)
    : IJourneySource
{
    private static readonly Column<int> DeviceColumn = FactColumns.OfSession[Dimension.Types.Name.DeviceType];

    public async Task ReadAsync(
        NpgsqlConnection connection,
        JourneySelection selection,
        PageNames pages,
        DeviceNames devices,
        AddJourney add,
        CancellationToken cancellationToken)
    {
        var (siteId, segment) = (selection.Site.SiteId, selection.Segment);
        var unit = segment?.Unit ?? default;
        Column[] columns =
        [
            FactColumns.Pages.Counts, FactColumns.PagePath, FactColumns.Conversions, DeviceColumn,
            .. selection.WithTimes ? [FactColumns.PageOffset] : (Column[])[],
            .. SessionFilter.ColumnsOf(segment?.Filters ?? []), .. Persons.ColumnsOf(unit),
        ];
        var scan = await scans.PlanAsync(
            connection, selection.Site, selection.Span, columns, _ => false, cancellationToken);
        var filter = await SessionFilter.ReadAsync(database, siteId, selection.Span, segment, cancellationToken);
        var persons = await Persons.ReadAsync(connection, dataSource, siteId, unit, cancellationToken);
        var pageMap = new TextMap(dataSource, siteId, pages.Of);
        var deviceMap = new TextMap(dataSource, siteId, devices.Of);
        await foreach (var chunk in scan.ReadAsync(cancellationToken))
        {
            await pageMap.LearnAsync(chunk.Of(FactColumns.PagePath), cancellationToken);
            await deviceMap.LearnAsync(chunk.Of(DeviceColumn), cancellationToken);
            Add(
                chunk, filter.Select(chunk), persons.Of(chunk), pageMap.Values, deviceMap.Values, selection.WithTimes,
                add);
        }
    }

    private static void Add(
        Chunk chunk,
        bool[] selected,
        int[] persons,
        ReadOnlySpan<int> pageMap,
        ReadOnlySpan<int> deviceMap,
        bool withTimes,
        AddJourney add)
    {
        int[] pages = [.. chunk.Of(FactColumns.PagePath)];
        for (var view = 0; view < pages.Length; view++)
            pages[view] = pageMap[pages[view]];
        var offsets = withTimes ? chunk.Of(FactColumns.PageOffset) : new long[pages.Length];
        var (begins, devices) = (chunk.BeginsOf(FactColumns.Pages), chunk.Of(DeviceColumn));
        var conversions = chunk.Of(FactColumns.Conversions);
        for (var session = 0; session < selected.Length; session++)
        {
            var (begin, count) = (begins[session], begins[session + 1] - begins[session]);
            if (!selected[session] || count == 0)
                continue;
            add(
                pages.AsSpan(begin, count),
                offsets.AsSpan(begin, count),
                new JourneySession(persons[session], deviceMap[devices[session]], conversions[session] > 0));
        }
    }
}
