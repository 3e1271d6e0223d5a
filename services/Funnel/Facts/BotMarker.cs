using Npgsql;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Facts;

/// <summary>
/// Says of visitors that they are bots, or are not, or takes that back. Marks and facts change together, while nobody
/// else counts sessions of the site: so those that arrive later find the mark, and those before it are corrected.
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

    /// <param name="isBot">Null: what was found on arrival holds again.</param>
    /// <returns>How many sessions are counted otherwise now.</returns>
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
            // The lock answers with a row, too; the marks with none.
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            changed = (int)reader.GetInt64(0);
        }

        await transaction.CommitAsync(cancellationToken);
        return changed;
    }
}
