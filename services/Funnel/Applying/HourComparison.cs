using System.Globalization;
using Npgsql;
using SessionPlatform.Funnel.Database;

namespace SessionPlatform.Funnel.Applying;

/// <summary>Compares the totals of hours with the sums of facts, within one transaction.</summary>
internal sealed class HourComparison(NpgsqlConnection connection, string siteId)
{
    private const string StoredCondition = """
        site_id = $1 AND hour >= $2 AND hour <= $3 AND (hour < $3 OR NOT isfinite(hour))
        """;

    // Where clocks were set, an hour may have begun long before a session in it.
    private static readonly string Recounted =
        $"""
        SELECT hour, is_bot, {HourTotals.Summed} FROM (
            SELECT f.started_hour AS hour, f.is_bot, {HourTotals.OfFact} FROM session_facts AS f
            WHERE f.site_id = $1 AND f.started_at >= $2 - interval '4 hours' AND f.started_at <= $3 + interval '4 hours'
                AND f.started_hour >= $2 AND f.started_hour < $3) AS f
        GROUP BY hour, is_bot
        """;

    private static readonly string DifferencesSql =
        $"""
        SELECT hour, is_bot, c.name, c.stored::text, c.recounted::text
        FROM (SELECT * FROM hour_totals WHERE {StoredCondition}) AS t FULL JOIN ({Recounted}) AS r USING (hour, is_bot)
        CROSS JOIN LATERAL (VALUES {Each(column => $"('{column}', t.{column}, r.{column})")})
            AS c(name, stored, recounted)
        WHERE coalesce(c.stored, 0) <> coalesce(c.recounted, 0)
        ORDER BY hour, is_bot
        """;

    private static readonly string SetSql =
        $"""
        INSERT INTO hour_totals AS t (site_id, hour, is_bot, {Each(column => column)})
        SELECT $1, hour, is_bot, {Each(column => $"coalesce(r.{column}, 0)")}
        FROM (SELECT hour, is_bot FROM hour_totals WHERE {StoredCondition}) AS s
        FULL JOIN ({Recounted}) AS r USING (hour, is_bot)
        ON CONFLICT (site_id, hour, is_bot) DO UPDATE SET changes = t.changes + 1,
            {Each(column => $"{column} = excluded.{column}")}
        """;

    /// <summary>Returns the differences of the hours that begin in the span.</summary>
    public async Task<List<(string Subject, string Column, string? Stored, string? Recomputed)>> DifferencesAsync(
        DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(DifferencesSql, siteId, from, to));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var differences = new List<(string, string, string?, string?)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            differences.Add((
                Subject(reader.GetDateTime(0), reader.GetBoolean(1)),
                reader.GetString(2),
                Sql.Text(reader, 3),
                Sql.Text(reader, 4)));
        }

        return differences;
    }

    /// <summary>
    /// Replaces the totals of the span if any of them differs, which counts as a change of the facts of all its hours.
    /// </summary>
    /// <param name="changed">True counts a change even if no total differs.</param>
    /// <returns>The number of rows that differed.</returns>
    public async Task<int> RepairAsync(
        DateTime from, DateTime to, bool changed, CancellationToken cancellationToken)
    {
        var different = (await DifferencesAsync(from, to, cancellationToken))
            .Select(difference => difference.Subject).Distinct().Count();
        if (different == 0 && !changed)
            return 0;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(SetSql, siteId, from, to));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return different;
    }

    private static string Subject(DateTime hour, bool isBot)
    {
        var time = hour.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return $"hour_totals {time}{(isBot ? " bots" : "")}";
    }

    private static string Each(Func<string, string> text) => string.Join(", ", HourTotals.Columns.Select(text));
}
