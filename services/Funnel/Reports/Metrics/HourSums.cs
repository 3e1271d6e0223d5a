using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Reports.Metrics.Counting;

namespace SessionPlatform.Funnel.Reports.Metrics;

/// <summary>
/// Sums of all sessions: of whole hours from the aggregate, of what sticks out at the ends from the sessions.
/// </summary>
internal static class HourSums
{
    /// <summary>
    /// Whether the totals of all hours follow the site's current time zone. When it is false, sessions still wait to be
    /// recounted, perhaps because the time zone changed.
    /// </summary>
    public static async Task<bool> AreCurrentAsync(
        NpgsqlConnection connection, SiteConfiguration configuration, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT 1 FROM site_configurations AS c
            WHERE c.site_id = $1 AND c.time_zone = $2 AND NOT EXISTS (
                SELECT FROM counted_versions AS v
                WHERE v.site_id = c.site_id AND v.version < c.version AND v.sessions > 0)
            """;
        var command = Sql.Command(sql, configuration.SiteId, configuration.TimeZone.Id);
        await foreach (var _ in ReportDatabase.RowsAsync(connection, command, cancellationToken))
            return true;
        return false;
    }

    /// <summary>Which metrics they tell: none, if the segment or the buckets ask for what no sum of an hour can tell.</summary>
    public static IReadOnlyList<Metric.Types.Name> Told(
        IEnumerable<Metric.Types.Name> metrics, CountedSessions sessions, DateTime[]? buckets)
    {
        if (!sessions.HasHours || sessions.Segment is { Filters.Count: > 0 })
            return [];
        var zone = sessions.Site.TimeZone;
        var (first, last) = HoursOf(sessions);
        if (first >= last || !(buckets ?? []).All(begin => LocalHours.IsBegin(begin, zone)))
            return [];
        return [.. metrics.Where(metric => SessionMetric.Find(metric)!.Total is not null).Distinct()];
    }

    /// <summary>The values of metrics that they tell, by cell, under the key 0.</summary>
    public static async Task<Dictionary<Metric.Types.Name, double[]>> ReadAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Metric.Types.Name> metrics,
        CountedSessions sessions,
        DateTime[]? buckets,
        CancellationToken cancellationToken)
    {
        var cells = new Cells(1, new Bucketing(buckets).Count);
        var values = metrics.ToDictionary(metric => metric, _ => new double[cells.Count]);
        foreach (var metric in metrics.Where(metric => SessionMetric.Find(metric)!.Divisor is not null))
            Array.Fill(values[metric], double.NaN);
        if (metrics.Count == 0)
            return values;
        var parameters = new SqlParameters();
        var columns = string.Concat(metrics.Select(metric => $", {SessionMetric.Find(metric)!.Total}"));
        var sql = $"""
            SELECT coalesce(r.bucket, 0){columns} FROM ({Rows(parameters, sessions, buckets)}) AS r
            GROUP BY GROUPING SETS ((r.bucket), ())
            """;
        await foreach (var row in ReportDatabase.RowsAsync(connection, parameters.ToCommand(sql), cancellationToken))
        {
            var bucket = row.GetInt32(0);
            var cell = bucket == 0 ? cells.Of(0) : cells.Of(0, bucket - 1);
            for (var index = 0; index < metrics.Count; index++)
                values[metrics[index]][cell] = Sql.Double(row, index + 1) ?? values[metrics[index]][cell];
        }

        return values;
    }

    private static string Rows(SqlParameters parameters, CountedSessions sessions, DateTime[]? buckets)
    {
        var (first, last) = HoursOf(sessions);
        var bots = sessions.Segment is { IncludeBots: true } ? "" : "AND NOT is_bot";
        var site = parameters.Add(sessions.Site.SiteId);
        var (begin, end) = (parameters.Add(first), parameters.Add(last));
        var bucket = buckets is null ? "1" : $"width_bucket(s.at, {parameters.Add(buckets)}::timestamptz[])";
        return $"""
            SELECT {bucket} AS bucket, s.* FROM (
                SELECT hour AS at, {string.Join(", ", HourTotals.Columns)} FROM hour_totals
                WHERE site_id = {site} AND hour >= {begin} AND hour < {end} AND sessions > 0 {bots}
                UNION ALL SELECT f.started_at, {HourTotals.OfFact} FROM session_facts AS f
                WHERE f.site_id = {site} AND f.started_at >= {parameters.Add(sessions.Span.From)}
                    AND f.started_at < {begin} {bots}
                UNION ALL SELECT f.started_at, {HourTotals.OfFact} FROM session_facts AS f
                WHERE f.site_id = {site} AND f.started_at >= {end}
                    AND f.started_at < {parameters.Add(sessions.Span.To)} {bots}) AS s
            """;
    }

    // Whole hours, all of whose sessions are of the span.
    private static (DateTime First, DateTime Last) HoursOf(CountedSessions sessions)
    {
        var (zone, span) = (sessions.Site.TimeZone, sessions.Span);
        return (
            span.BeginsWithFirst ? LocalHours.Begin(span.From, zone) : LocalHours.Next(span.From, zone),
            span.EndsWithLast ? LocalHours.Next(span.To, zone) : LocalHours.Begin(span.To, zone));
    }
}
