using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Metrics;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.Retention;

/// <summary>
/// Reads from columns when persons were active. Timelines are read only of chunks with sessions of which start and end do
/// not tell which of their events are in which interval.
/// </summary>
internal sealed class ActivityReader(
    NpgsqlDataSource dataSource,
    FilterMatcher filterMatcher,
    FactColumnStore scans,
    PartialAggregateCache aggregates,
    TimeProvider time)
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
        // What started before the first interval may have ended in it.
        var span = new ReportSpan(Instants.First, selection.Intervals.End, null);
        var columns = ColumnsOf(selection);
        var scan = await scans.PlanAsync(connection, selection.Site, span, columns, _ => [], cancellationToken);
        var sessions = 0L;
        if (NameOf(selection, tally) is not { } name)
        {
            await CountOnAsync([.. scan.Planned]);
            return;
        }

        await aggregates.AggregateAsync(
            new AggregateKey(siteId, segment, _ => name),
            [.. scan.Planned],
            scan.Stable(span, segment?.Unit ?? default, time.GetUtcNow().UtcDateTime),
            (Counted counted) =>
            {
                tally.GoOnFrom(counted.Tally);
                sessions = counted.Sessions;
            },
            CountOnAsync,
            () =>
            {
                var copy = tally.Copy();
                return (new Counted(copy, sessions), copy.Bytes);
            });

        async Task CountOnAsync(IReadOnlyList<PlannedChunk> chunks) => sessions = await AddAsync(
            connection, selection, span, scan, chunks, tally, sessions, check, cancellationToken);
    }

    private static Column[] ColumnsOf(ActivitySelection selection) =>
    [
        StartedAt, Duration, Events,
        .. OfSession.TryGetValue(selection.Breakdown, out var breakdown) ? [breakdown] : (Column[])[],
        .. SessionFilter.ColumnsOf(selection.Segment?.Filters ?? []),
        .. PersonResolver.ColumnsOf(selection.Segment?.Unit ?? default),
        .. ActivityPattern.SessionColumnsOf(selection.Target),
        .. ActivityPattern.SessionColumnsOf(selection.Returning),
    ];

    /// <summary>Tells apart what is counted; null: it is not to be remembered.</summary>
    private static string? NameOf(ActivitySelection selection, IActivityTally tally) => tally.Name is null
        ? null
        : $"{tally.Name} {selection.SinceEver} {selection.WithTimes} {selection.Breakdown}"
            + $" {selection.Target?.Name} {selection.Returning?.Name}";

    /// <returns>How many sessions there were so far.</returns>
    private async Task<long> AddAsync(
        NpgsqlConnection connection,
        ActivitySelection selection,
        ReportSpan span,
        ColumnReader scan,
        IReadOnlyList<PlannedChunk> chunks,
        IActivityTally tally,
        long sessions,
        Action<long> check,
        CancellationToken cancellationToken)
    {
        if (chunks.Count == 0)
            return sessions;
        var (siteId, segment) = (selection.Site.SiteId, selection.Segment);
        OfSession.TryGetValue(selection.Breakdown, out var breakdown);
        var filter = await SessionFilter.ReadAsync(filterMatcher, siteId, span, segment, cancellationToken);
        var persons = await PersonResolver.ReadAsync(
            connection, dataSource, siteId, segment?.Unit ?? default, cancellationToken);
        var target = await ActivityPattern.ReadAsync(
            dataSource, filterMatcher, siteId, selection.Target, cancellationToken);
        var returning = await ActivityPattern.ReadAsync(
            dataSource, filterMatcher, siteId, selection.Returning, cancellationToken);
        var asked = chunks.ToHashSet();
        await foreach (var chunk in scan.ReadAsync(cancellationToken, asked.Contains))
        {
            var selected = Asked(selection, chunk, filter.Select(chunk));
            var activity = new ChunkActivity(
                selection, chunk, target.Select(chunk, selected), returning.Select(chunk, selected));
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

            sessions += activity.AddTo(tally, persons.Of(chunk), breakdown is null ? null : chunk.Values(breakdown));
            check(sessions);
        }

        return sessions;
    }

    /// <summary>Those that have not ended before the first interval, but where earlier ones matter.</summary>
    private static bool[] Asked(ActivitySelection selection, Chunk chunk, bool[] selected)
    {
        if (selection.SinceEver)
            return selected;
        var first = (selection.Intervals.Begins[0] - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var (starts, durations) = (chunk.Values(StartedAt), chunk.Values(Duration));
        for (var session = 0; session < selected.Length; session++)
            selected[session] &= starts[session] + durations[session] >= first;
        return selected;
    }

    /// <param name="Sessions">How many there were.</param>
    private sealed record Counted(IActivityTally Tally, long Sessions);
}
