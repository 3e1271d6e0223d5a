using Npgsql;
using NpgsqlTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessionizing;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>The tables <c>arrivals</c> and <c>duplicate_events</c>: how late events came, and how often again.</summary>
internal static class ArrivalTable
{
    // Batches that run side by side mostly write different rows.
    private const int Slots = 8;

    private const string Add = """
        INSERT INTO arrivals AS a (
            site_id, day, slot, events, duplicates, clock_clamped, late, sessions_extended, sessions_merged,
            sessions_split, sessions_retracted, sessions_reopened)
        SELECT site_id, $2, pg_backend_pid() % $3, events, duplicates, clock_clamped, late::bigint[], extended, merged,
            split, retracted, reopened
        FROM unnest($1::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[],
                $10::bigint[], $11::bigint[], $12::bigint[])
            AS given (site_id, events, duplicates, clock_clamped, late, extended, merged, split, retracted, reopened)
        ORDER BY site_id COLLATE "C"
        ON CONFLICT (site_id, day, slot) DO UPDATE SET
            events = a.events + excluded.events,
            duplicates = a.duplicates + excluded.duplicates,
            clock_clamped = a.clock_clamped + excluded.clock_clamped,
            late = (
                SELECT array_agg(one + other ORDER BY class)
                FROM unnest(a.late, excluded.late) WITH ORDINALITY AS both_sides (one, other, class)),
            sessions_extended = a.sessions_extended + excluded.sessions_extended,
            sessions_merged = a.sessions_merged + excluded.sessions_merged,
            sessions_split = a.sessions_split + excluded.sessions_split,
            sessions_retracted = a.sessions_retracted + excluded.sessions_retracted,
            sessions_reopened = a.sessions_reopened + excluded.sessions_reopened
        """;

    private const string AddDuplicates = """
        INSERT INTO duplicate_events AS d (site_id, stream_key, event_id, times, last_at)
        SELECT site_id, stream_key, event_id, count(*), $4
        FROM unnest($1::text[], $2::text[], $3::uuid[]) AS given (site_id, stream_key, event_id)
        GROUP BY site_id, stream_key, event_id
        ORDER BY site_id COLLATE "C", stream_key COLLATE "C", event_id
        ON CONFLICT (site_id, stream_key, event_id) DO UPDATE SET
            times = d.times + excluded.times, last_at = excluded.last_at
        """;

    /// <summary>
    /// Adds the statements that count what arrived. Last of all: rows that every batch of a site needs are so held for
    /// the shortest time.
    /// </summary>
    public static void AddTo(NpgsqlBatch batch, Arrivals arrivals, DateTime now)
    {
        if (arrivals.Duplicates.Count > 0)
        {
            batch.Add(
                AddDuplicates,
                arrivals.Duplicates.Select(d => d.Stream.SiteId).ToArray(),
                arrivals.Duplicates.Select(d => d.Stream.StreamKey).ToArray(),
                arrivals.Duplicates.Select(d => d.EventId).ToArray(),
                now);
        }

        var counts = arrivals.Counts.Values;
        batch.Add(
            Add,
            arrivals.Counts.Keys.ToArray(),
            DateOnly.FromDateTime(now),
            Slots,
            counts.Select(c => c.Events).ToArray(),
            counts.Select(c => c.Duplicates).ToArray(),
            counts.Select(c => c.ClockClamped).ToArray(),
            // An array of arrays would be one of two dimensions.
            counts.Select(c => $"{{{string.Join(',', c.Late)}}}").ToArray(),
            counts.Select(c => c.Extended).ToArray(),
            counts.Select(c => c.Merged).ToArray(),
            counts.Select(c => c.Split).ToArray(),
            counts.Select(c => c.Retracted).ToArray(),
            counts.Select(c => c.Reopened).ToArray());
    }

    private static readonly string Select = $"""
        SELECT {string.Join(", ", SummedColumns.Select(column => $"coalesce(sum({column}), 0)::bigint"))}
        FROM arrivals
        WHERE site_id = $1 AND day >= coalesce($2, '-infinity') AND day < coalesce($3, 'infinity')
        """;

    private static IEnumerable<string> SummedColumns =>
    [
        "events", "duplicates", "clock_clamped", "sessions_extended", "sessions_merged", "sessions_split",
        "sessions_retracted", "sessions_reopened",
        .. Enumerable.Range(1, Lateness.Classes).Select(number => $"late[{number}]"),
    ];

    /// <summary>The counts of a site over the UTC days that a range touches.</summary>
    public static async Task<GetLatenessResponse> ReadAsync(
        NpgsqlDataSource dataSource, string siteId, TimeRange? range, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Select);
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(Day(range?.From?.ToDateTime()));
        command.Parameters.Add(Day(range?.To?.ToDateTime().AddTicks(TimeSpan.TicksPerDay - 1)));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        ulong Sum(int column) => (ulong)reader.GetInt64(column);
        var response = new GetLatenessResponse
        {
            Events = Sum(0),
            Duplicates = Sum(1),
            ClockClamped = Sum(2),
            SessionsExtended = Sum(3),
            SessionsMerged = Sum(4),
            SessionsSplit = Sum(5),
            SessionsRetracted = Sum(6),
            SessionsReopened = Sum(7),
        };
        for (var i = 0; i < Lateness.Classes; i++)
        {
            var events = Sum(8 + i);
            response.LateEvents += events;
            response.Classes.Add(new LatenessClass
            {
                UpTo = i < Lateness.UpTo.Count ? Microseconds.ToDuration(Lateness.UpTo[i]) : null,
                Events = events,
            });
        }

        return response;
    }

    private static NpgsqlParameter Day(DateTime? time) => new()
    {
        Value = time is { } given ? DateOnly.FromDateTime(given) : DBNull.Value,
        NpgsqlDbType = NpgsqlDbType.Date,
    };
}
