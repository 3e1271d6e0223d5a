using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Reading;

/// <summary>Numbers over all sessions of a range, straight from the sessions: exact at any moment.</summary>
internal static class StatsQuery
{
    // Durations in microseconds: exact in a double too, which percentile_cont yields, up to 285 years.
    private const string Totals = """
        SELECT count(*), count(DISTINCT visitor_id), sum(page_views), sum(events), count(*) FILTER (WHERE bounced),
            count(*) FILTER (WHERE conversions > 0), count(*) FILTER (WHERE engaged),
            count(*) FILTER (WHERE NOT closed), sum(conversions), sum(duration), percentile_cont(0.5) WITHIN GROUP (ORDER BY duration)
        FROM (
            SELECT *, (extract(epoch FROM ended_at - started_at) * 1000000)::bigint AS duration
            FROM sessions
            WHERE site_id = $1 AND NOT retracted
                AND started_at >= coalesce($2, '-infinity') AND started_at < coalesce($3, 'infinity')) s
        """;

    private const string Revenue = """
        SELECT currency, sum(amount::numeric)::text
        FROM sessions, jsonb_each_text(revenue) AS money (currency, amount)
        WHERE site_id = $1 AND NOT retracted
            AND started_at >= coalesce($2, '-infinity') AND started_at < coalesce($3, 'infinity')
        GROUP BY currency
        ORDER BY currency
        """;

    public static async Task<GetSessionStatsResponse> RunAsync(
        NpgsqlDataSource dataSource, string siteId, TimeRange? range, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        // One snapshot for both statements.
        await using var transaction = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in (ReadOnlySpan<string>)[Totals, Revenue])
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Add(new() { Value = siteId });
            command.Parameters.Add(TimeRanges.Parameter(range?.From));
            command.Parameters.Add(TimeRanges.Parameter(range?.To));
            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var stats = ReadTotals(reader);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            stats.Revenue.Add(new Money { Currency = reader.GetString(0), Amount = Plain(reader.GetString(1)) });
        return stats;
    }

    private static GetSessionStatsResponse ReadTotals(NpgsqlDataReader reader)
    {
        var sessions = reader.GetInt64(0);
        var stats = new GetSessionStatsResponse
        {
            Sessions = checked((uint)sessions),
            Visitors = Count(reader, 1),
            PageViews = Count(reader, 2),
            Events = Count(reader, 3),
            Bounces = Count(reader, 4),
            ConvertedSessions = Count(reader, 5),
            EngagedSessions = Count(reader, 6),
            OpenSessions = Count(reader, 7),
            Conversions = Count(reader, 8),
        };
        if (sessions == 0)
            return stats;
        stats.BounceRate = (double)stats.Bounces / sessions;
        stats.ConversionRate = (double)stats.ConvertedSessions / sessions;
        stats.EngagementRate = (double)stats.EngagedSessions / sessions;
        stats.PagesPerSession = (double)stats.PageViews / sessions;
        stats.AverageDuration = Rounded(reader.GetDecimal(9) / sessions);
        stats.MedianDuration = Rounded((decimal)reader.GetDouble(10));
        return stats;
    }

    private static uint Count(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? 0 : checked((uint)reader.GetInt64(column));

    private static Duration Rounded(decimal microseconds) =>
        Microseconds.ToDuration((long)Math.Round(microseconds, MidpointRounding.ToEven));

    // numeric keeps the scale it was given; 12.50 and 12.5 are one amount.
    private static string Plain(string amount) =>
        decimal.Parse(amount, CultureInfo.InvariantCulture).ToString("0.######", CultureInfo.InvariantCulture);
}
