using System.Data;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Results;

/// <summary>Reads the materialized totals of days.</summary>
internal sealed class DayTotalsReader(NpgsqlDataSource dataSource)
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const int NanosecondsPerMicrosecond = 1_000;
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>
    /// Returns every day of a range. An end that is null stands for the first or last day with data. The result is null
    /// when the range has more than <paramref name="maxDays"/> days.
    /// </summary>
    public async Task<IReadOnlyList<DayTotals>?> GetAsync(
        string siteId, DateOnly? from, DateOnly? to, int maxDays, CancellationToken cancellationToken)
    {
        const string boundsSql = """
            SELECT min(day), max(day) FROM day_totals
            WHERE site_id = $1 AND sessions > 0 AND day BETWEEN coalesce($2, '-infinity') AND coalesce($3, 'infinity')
            """;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction =
            await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var command = new NpgsqlCommand(boundsSql, connection))
        {
            command.Parameters.Add(new() { Value = siteId });
            command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = from, DataTypeName = "date" });
            command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = to, DataTypeName = "date" });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            from ??= Sql.Date(reader, 0);
            to ??= Sql.Date(reader, 1);
        }

        if (from is not { } first || to is not { } last || last < first)
            return [];
        if (last.DayNumber - first.DayNumber >= maxDays)
            return null;

        var days = Enumerable.Range(first.DayNumber, last.DayNumber - first.DayNumber + 1)
            .Select(number => new DayTotals
            {
                Day = DateOnly.FromDayNumber(number).ToString(DayFormat, CultureInfo.InvariantCulture),
                Duration = new Duration(),
            })
            .ToArray();
        await FillAsync(connection, siteId, first, last, days, cancellationToken);
        return days;
    }

    private static async Task FillAsync(
        NpgsqlConnection connection,
        string siteId,
        DateOnly first,
        DateOnly last,
        DayTotals[] days,
        CancellationToken cancellationToken)
    {
        const string totalsSql = """
            SELECT day, sessions, visitors, page_views, bounces, engaged, converted_sessions, conversions,
                duration_microseconds
            FROM day_totals WHERE site_id = $1 AND day BETWEEN $2 AND $3
            """;
        const string revenueSql = """
            SELECT day, currency, trim_scale(amount)::text FROM day_revenue
            WHERE site_id = $1 AND day BETWEEN $2 AND $3 AND sessions > 0 ORDER BY day, currency
            """;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(totalsSql, siteId, first, last));
        batch.BatchCommands.Add(Sql.Command(revenueSql, siteId, first, last));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            Fill(days[Sql.Date(reader, 0)!.Value.DayNumber - first.DayNumber], reader);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            days[Sql.Date(reader, 0)!.Value.DayNumber - first.DayNumber].Revenue.Add(
                new Money { Currency = reader.GetString(1), Amount = reader.GetString(2) });
        }
    }

    private static void Fill(DayTotals day, NpgsqlDataReader reader)
    {
        day.Sessions = FunnelTable.Count(reader.GetInt64(1));
        day.Visitors = FunnelTable.Count(reader.GetInt64(2));
        day.PageViews = FunnelTable.Count(reader.GetInt64(3));
        day.Bounces = FunnelTable.Count(reader.GetInt64(4));
        day.Engaged = FunnelTable.Count(reader.GetInt64(5));
        day.ConvertedSessions = FunnelTable.Count(reader.GetInt64(6));
        day.Conversions = FunnelTable.Count(reader.GetInt64(7));
        var microseconds = reader.GetInt64(8);
        day.Duration.Seconds = microseconds / MicrosecondsPerSecond;
        day.Duration.Nanos = (int)(microseconds % MicrosecondsPerSecond) * NanosecondsPerMicrosecond;
    }
}
