using Npgsql;
using SessionPlatform.Funnel.Database;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// Marks visitors as bots or as persons, or removes the mark. Marks and facts change in one transaction, under the
/// exclusive lock of the site: later sessions find the mark, and earlier ones are corrected.
/// </summary>
internal sealed class BotMarker(NpgsqlDataSource dataSource, TimeProvider time)
{
    private const string MarkSql = """
        INSERT INTO bot_marks (site_id, visitor_id, is_bot, marked_at)
        SELECT $1, visitor_id, $3, $4 FROM unnest($2::text[]) AS k(visitor_id) ORDER BY visitor_id COLLATE "C"
        ON CONFLICT (site_id, visitor_id) DO UPDATE SET is_bot = excluded.is_bot, marked_at = excluded.marked_at
        """;

    private const string UnmarkSql = "DELETE FROM bot_marks WHERE site_id = $1 AND visitor_id = ANY ($2)";

    private static readonly string FactsSql =
        $"""
        WITH f AS (
            UPDATE session_facts SET is_bot = NOT is_bot
            WHERE site_id = $1 AND visitor_id = ANY ($2) AND is_bot <> coalesce($3, found_bot)
            RETURNING *
        ), changed AS (
            SELECT 1 AS sign, f.site_id, f.started_hour, f.is_bot, {HourTotals.OfFact} FROM f
            UNION ALL SELECT -1, f.site_id, f.started_hour, NOT f.is_bot, {HourTotals.OfFact} FROM f
        ), added AS (
            {HourTotals.Add}
        )
        SELECT count(*) FROM f
        """;

    /// <summary>Sets or removes the mark of visitors, and corrects their stored sessions.</summary>
    /// <param name="isBot">The new mark; null removes it, so that bot detection decides again.</param>
    /// <returns>The number of sessions that changed.</returns>
    public async Task<int> MarkAsync(
        string siteId, IEnumerable<string> visitorIds, bool? isBot, CancellationToken cancellationToken)
    {
        string[] visitors = [.. visitorIds.Distinct(StringComparer.Ordinal)];
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var changed = 0;
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(SiteLock.Exclusive(siteId));
            batch.BatchCommands.Add(isBot is { } mark
                ? Sql.Command(MarkSql, siteId, visitors, mark, time.GetUtcNow().UtcDateTime)
                : Sql.Command(UnmarkSql, siteId, visitors));
            var facts = Sql.Command(FactsSql, siteId, visitors);
            facts.Parameters.Add(new NpgsqlParameter<bool?> { TypedValue = isBot, DataTypeName = "boolean" });
            batch.BatchCommands.Add(facts);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            // The lock returns a result set as well; the statement on marks does not.
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            changed = (int)reader.GetInt64(0);
        }

        await transaction.CommitAsync(cancellationToken);
        return changed;
    }
}
