using System.Runtime.InteropServices;
using Npgsql;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// The hours whose facts are materialized together: a day of the site, or one hour of a day that is busy or recent.
/// </summary>
/// <param name="LastHour">The last hour, inclusive.</param>
/// <param name="Before">All sessions of the chunk started before this time.</param>
/// <param name="Changes">
/// The sum of the change counters of the hours: the version of the chunk. A column of another version is not valid.
/// </param>
/// <param name="Sessions">Number of sessions.</param>
internal sealed record PlannedChunk(
    DateTime FirstHour, DateTime LastHour, DateTime Before, long Changes, long Sessions);

/// <summary>Plans which chunks a report scans.</summary>
internal static class ScanPlanner
{
    // A change within a chunk costs rebuilding it, some 20 ms for a thousand sessions. Today and yesterday change all
    // the time, so their chunks are small; earlier days are cheaper to read in one piece.
    private const int MaxSessions = 16_000;
    private const int MaxRecentSessions = 1_000;
    private static readonly TimeSpan SealedAfter = TimeSpan.FromDays(1);

    // The longest local hour: no clock change is longer than three hours.
    private static readonly TimeSpan LongestHour = TimeSpan.FromHours(4);

    /// <summary>Returns whether the chunk ended a day ago or longer, so that new events do not belong to it.</summary>
    public static bool IsSealed(PlannedChunk chunk, DateTime now) => chunk.Before <= now - SealedAfter;

    private const string HoursSql = """
        SELECT hour, sum(changes)::bigint, sum(sessions)::bigint FROM hour_totals
        WHERE site_id = $1 AND hour >= $2 AND hour < $3 GROUP BY hour ORDER BY hour
        """;

    /// <summary>
    /// Returns the chunks that hold the sessions of a span, in the order of time; the first and the last may hold
    /// others besides. Chunks do not overlap, unless sessions wait to be recounted in another time zone.
    /// </summary>
    /// <param name="connection">A connection in the report's snapshot.</param>
    /// <param name="zone">The time zone of the site.</param>
    /// <param name="now">Decides which days are recent. Reports that disagree replace each other's chunks.</param>
    public static async Task<List<PlannedChunk>> ReadAsync(
        NpgsqlConnection connection,
        string siteId,
        ReportSpan span,
        TimeZoneInfo zone,
        DateTime now,
        CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        if (span.From >= span.To)
            return chunks;
        // Whole days, so that every report that reads a day finds the same chunk.
        var from = Days.Start(Days.Of(span.From - LongestHour, zone), zone);
        var to = Days.Start(Days.Of(span.To, zone).AddDays(1), zone);
        var hours = new List<PlannedChunk>();
        await foreach (var row in ReportDatabase.RowsAsync(
            connection, Sql.Command(HoursSql, siteId, from, to), cancellationToken))
        {
            var hour = row.GetDateTime(0);
            if (hours.Count > 0 && Days.Of(hours[^1].FirstHour, zone) != Days.Of(hour, zone))
                AddDay(hours);
            hours.Add(new PlannedChunk(hour, hour, Before(hour, zone), row.GetInt64(1), row.GetInt64(2)));
        }

        AddDay(hours);
        chunks.RemoveAll(chunk => chunk.Sessions == 0 || chunk.FirstHour >= span.To || chunk.Before <= span.From);
        return chunks;

        void AddDay(List<PlannedChunk> day)
        {
            if (day.Count == 0)
                return;
            var max = IsSealed(day[^1], now) ? MaxSessions : MaxRecentSessions;
            if (day.Sum(hour => hour.Sessions) <= max)
            {
                chunks.Add(new PlannedChunk(
                    day[0].FirstHour, day[^1].LastHour, day[^1].Before, day.Sum(hour => hour.Changes),
                    day.Sum(hour => hour.Sessions)));
            }
            else
            {
                chunks.AddRange(CollectionsMarshal.AsSpan(day));
            }

            day.Clear();
        }
    }

    // The hour may be of another time zone.
    private static DateTime Before(DateTime hour, TimeZoneInfo zone) =>
        LocalHours.IsBegin(hour, zone) ? LocalHours.Next(hour.AddTicks(1), zone) : hour + LongestHour;
}
