using System.Runtime.InteropServices;
using Npgsql;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Hours of facts that are copied into columns together: a day of the site, or one hour of a day that is busy or lately
/// over.
/// </summary>
/// <param name="LastHour">Inclusive.</param>
/// <param name="Before">All of its sessions started before.</param>
/// <param name="Changes">The sum of the changes of its hours; a copy that knows another one is none.</param>
/// <param name="Sessions">How many there are.</param>
internal sealed record PlannedChunk(
    DateTime FirstHour, DateTime LastHour, DateTime Before, long Changes, long Sessions);

/// <summary>Finds the chunks that a report reads.</summary>
internal static class ChunkPlan
{
    // A change within a chunk costs making it anew, some 20 ms for a thousand sessions. Of the day that goes on and the one
    // before something changes all the time; earlier ones are better read in one piece.
    private const int MostSessions = 16_000;
    private const int MostSessionsLately = 1_000;
    private static readonly TimeSpan Lately = TimeSpan.FromDays(1);

    // No hour of any clock is longer, whenever it was set.
    private static readonly TimeSpan LongestHour = TimeSpan.FromHours(4);

    /// <summary>Whether what happens now is not of this chunk any more.</summary>
    public static bool IsOver(PlannedChunk chunk, DateTime now) => chunk.Before <= now - Lately;

    private const string HoursSql = """
        SELECT hour, sum(changes)::bigint, sum(sessions)::bigint FROM hour_totals
        WHERE site_id = $1 AND hour >= $2 AND hour < $3 GROUP BY hour ORDER BY hour
        """;

    /// <summary>
    /// Those that hold the sessions of a span, and perhaps more of both sides, in the order of time: unless sessions wait
    /// to be counted anew in another time zone, none begins before the one before has ended.
    /// </summary>
    /// <param name="connection">With the snapshot of the report.</param>
    /// <param name="zone">The site's.</param>
    /// <param name="now">Tells which days are lately over. Reports that disagree take turns in making a chunk.</param>
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
        // Whole days, so that every report that looks at a day finds the same chunk.
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
            var most = IsOver(day[^1], now) ? MostSessions : MostSessionsLately;
            if (day.Sum(hour => hour.Sessions) <= most)
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

    // The hour may be one of another time zone.
    private static DateTime Before(DateTime hour, TimeZoneInfo zone) =>
        LocalHours.IsBegin(hour, zone) ? LocalHours.Next(hour.AddTicks(1), zone) : hour + LongestHour;
}
