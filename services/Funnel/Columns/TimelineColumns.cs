using Npgsql;
using SessionPlatform.Funnel.FunnelReports;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.Columns;

/// <summary>Builds columns from the events in the documents of sessions.</summary>
internal static class TimelineColumns
{
    private const string SelectSql = """
        SELECT f.started_at, d.document FROM session_facts AS f
        LEFT JOIN LATERAL (
            SELECT d.document FROM session_documents AS d
            WHERE d.site_id = f.site_id AND d.visitor_id = f.visitor_id AND d.session_id = f.session_id
            OFFSET 0) AS d ON true
        WHERE f.site_id = $1 AND f.started_at >= $2 AND f.started_at < $3 AND f.started_hour >= $2
            AND f.started_hour <= $4
        ORDER BY f.started_at, f.session_id
        """;

    /// <param name="connection">A connection in the snapshot in which the chunk was planned.</param>
    public static async Task BuildAsync(
        NpgsqlConnection connection,
        string siteId,
        PlannedChunk chunk,
        FactChunkBuilder builder,
        CancellationToken cancellationToken)
    {
        var counts = builder.Values(Timeline.Counts);
        var offsets = builder.Values(TimelineOffset);
        var (kinds, names) = (builder.Texts(TimelineKind), builder.Texts(TimelineName));
        var (paths, categories) = (builder.Texts(TimelinePath), builder.Texts(TimelineCategory));
        var command = Sql.Command(SelectSql, siteId, chunk.FirstHour, chunk.Before, chunk.LastHour);
        await foreach (var row in ReportDatabase.RowsAsync(connection, command, cancellationToken))
        {
            var startedAt = row.GetDateTime(0);
            // An unreadable document counts as empty here; the audit finds and repairs it.
            var timeline = Timelines.Read(Sql.Bytes(row, 1) ?? []) ?? [];
            foreach (var happened in timeline)
            {
                offsets.Add(((happened.At?.ToDateTime() ?? startedAt) - startedAt).Ticks);
                kinds.Add(happened.Kind);
                names.Add(happened.Name);
                paths.Add(happened.Path);
                categories.Add(happened.Category);
            }

            counts.Add(timeline.Count);
        }
    }
}
