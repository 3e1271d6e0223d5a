using Npgsql;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Funnel.Database;

namespace SessionPlatform.Funnel.Identity;

/// <summary>
/// Reads and changes the links (ties in the contract) of visitors and users. Sessions in <c>session_facts</c> create
/// links; <c>revoked_ties</c> invalidates them.
/// </summary>
internal sealed class IdentityLinkTable(NpgsqlDataSource dataSource, TimeProvider time)
{
    private const int MaxTies = 1000;

    private const string RevokeSql = """
        INSERT INTO revoked_ties (site_id, visitor_id, user_id, revoked_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """;

    private const string RestoreSql =
        "DELETE FROM revoked_ties WHERE site_id = $1 AND visitor_id = $2 AND user_id = $3";

    private const string CurrentSql = """
        SELECT s.user_id FROM session_facts AS s
        WHERE s.site_id = $1 AND s.visitor_id = $2 AND s.user_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM revoked_ties AS k
            WHERE k.site_id = $1 AND k.visitor_id = s.visitor_id AND k.user_id = s.user_id)
        ORDER BY s.started_at DESC, s.session_id DESC LIMIT 1
        """;

    /// <summary>Returns the links of a visitor or of a user, exactly one of which is not null.</summary>
    public async Task<List<Tie>> ListAsync(
        string siteId, string? visitorId, string? userId, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(ListSql(visitorId is null ? "user_id" : "visitor_id"),
            siteId,
            visitorId ?? userId ?? throw new ArgumentException("Neither a visitor nor a user is given."),
            MaxTies));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var ties = new List<Tie>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ties.Add(new Tie
            {
                VisitorId = reader.GetString(0),
                UserId = reader.GetString(1),
                Revoked = reader.GetBoolean(2),
                Current = reader.GetBoolean(3),
            });
        }

        return ties;
    }

    /// <summary>Revokes a link, or restores it.</summary>
    /// <returns>The user that the visitor is linked to now; null when there is none.</returns>
    public async Task<string?> SetAsync(
        string siteId, string visitorId, string userId, bool revoked, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        string? current = null;
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(revoked
                ? Sql.Command(RevokeSql, siteId, visitorId, userId, time.GetUtcNow().UtcDateTime)
                : Sql.Command(RestoreSql, siteId, visitorId, userId));
            batch.BatchCommands.Add(Sql.Command(CurrentSql, siteId, visitorId));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
                current = reader.GetString(0);
        }

        await transaction.CommitAsync(cancellationToken);
        return current;
    }

    private static string ListSql(string column) =>
        $"""
        SELECT p.visitor_id, p.user_id, k.user_id IS NOT NULL, p.user_id IS NOT DISTINCT FROM c.user_id
        FROM (
            SELECT s.visitor_id, s.user_id FROM session_facts AS s
            WHERE s.site_id = $1 AND s.{column} = $2 AND s.user_id IS NOT NULL
            UNION SELECT r.visitor_id, r.user_id FROM revoked_ties AS r WHERE r.site_id = $1 AND r.{column} = $2
            ORDER BY visitor_id, user_id LIMIT $3) AS p
        LEFT JOIN revoked_ties AS k
            ON k.site_id = $1 AND k.visitor_id = p.visitor_id AND k.user_id = p.user_id
        LEFT JOIN LATERAL ({CurrentSql.Replace("$2", "p.visitor_id", StringComparison.Ordinal)}) AS c ON true
        ORDER BY p.visitor_id, p.user_id
        """;
}
