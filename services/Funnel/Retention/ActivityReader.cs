using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Metrics;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.Retention;

/// <summary>
/// Reads from columns when persons were active. Timelines are read only of chunks with sessions of which start and end do
/// not tell which of their events are in which interval.
/// </summary>
internal sealed class ActivityReader(NpgsqlDataSource dataSource, ReportDatabase database, ColumnScans scans)
{
    /// <param name="connection">With the snapshot of the report.</param>
    /// <param name="check">Told after each chunk how many sessions there were so far.</param>
    public async Task ReadAsync(
        NpgsqlConnection connection,
        ActivitySelection selection,
        IActivityTally tally,
        Action<long> check,
        CancellationToken cancellationToken)
    {
        var (siteId, segment) = (selection.Site.SiteId, selection.Segment);
        var unit = segment?.Unit ?? default;
        // What started before the first interval may have ended in it.
        var span = new ReportSpan(Instants.First, selection.Intervals.End, null);
        OfSession.TryGetValue(selection.Breakdown, out var breakdown);
        Column[] columns =
        [
            StartedAt, Duration, Events, .. breakdown is null ? (Column[])[] : [breakdown],
            .. SessionFilter.ColumnsOf(segment?.Filters ?? []), .. Persons.ColumnsOf(unit),
            .. ActivityPattern.SessionColumnsOf(selection.Target),
            .. ActivityPattern.SessionColumnsOf(selection.Returning),
        ];
        var scan = await scans.PlanAsync(connection, selection.Site, span, columns, _ => false, cancellationToken);
        var filter = await SessionFilter.ReadAsync(database, siteId, span, segment, cancellationToken);
        var persons = await Persons.ReadAsync(connection, dataSource, siteId, unit, cancellationToken);
        var target = await ActivityPattern.ReadAsync(
            dataSource, database, siteId, selection.Target, cancellationToken);
        var returning = await ActivityPattern.ReadAsync(
            dataSource, database, siteId, selection.Returning, cancellationToken);
        var sessions = 0L;
        await foreach (var chunk in scan.ReadAsync(cancellationToken))
        {
            var asked = Asked(selection, chunk, filter.Select(chunk));
            var activity = new ChunkActivity(
                selection, chunk, target.Select(chunk, asked), returning.Select(chunk, asked));
            if (activity.NeedsTimelines)
            {
                var timelines = await scan.ReadAsync(
                    chunk, [TimelineOffset, .. target.Columns.Concat(returning.Columns).Append(Timeline.Counts)],
                    cancellationToken);
                activity.AddTimelines(
                    timelines,
                    await target.MatchAsync(connection, timelines, activity.IsTarget, cancellationToken),
                    await returning.MatchAsync(connection, timelines, activity.IsReturn, cancellationToken));
            }

            sessions += activity.AddTo(tally, persons.Of(chunk), breakdown is null ? null : chunk.Of(breakdown));
            check(sessions);
        }
    }

    /// <summary>Those that have not ended before the first interval, but where earlier ones matter.</summary>
    private static bool[] Asked(ActivitySelection selection, Chunk chunk, bool[] selected)
    {
        if (selection.SinceEver)
            return selected;
        var first = (selection.Intervals.Begins[0] - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var (starts, durations) = (chunk.Of(StartedAt), chunk.Of(Duration));
        for (var session = 0; session < selected.Length; session++)
            selected[session] &= starts[session] + durations[session] >= first;
        return selected;
    }
}
