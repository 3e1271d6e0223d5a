using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Database;

namespace SessionPlatform.Funnel.Identity;

/// <summary>
/// Identity resolution in SQL, over a row <c>f</c> of <c>session_facts</c>. The person of a session is its visitor or,
/// when users are counted, the user that the visitor is linked to; a visitor without a link is a person of its own.
/// Links are resolved at the time of the query, so that reports reflect a new login, a late event or a revoked link.
/// </summary>
/// <param name="Person">
/// An expression of type text that identifies the person. It differs between users and visitors with equal ids.
/// </param>
/// <param name="IsNew">A condition: whether the session is the first of the person on the site.</param>
/// <param name="Joins">
/// The joins that both expressions need after FROM. The planner removes a join that a statement does not use.
/// </param>
internal sealed record PersonSql(string Person, string IsNew, string Joins)
{
    private static readonly PersonSql Visitors = new("f.visitor_id", "f.is_new", "");

    /// <summary>Whether the report joins sessions with the links of users.</summary>
    public static bool IsJoined(Segment? segment) => segment is { Unit: Unit.User };

    /// <summary>Returns the SQL for a unit.</summary>
    /// <param name="site">The placeholder of the site id.</param>
    public static PersonSql Of(Unit unit, string site)
    {
        if (unit != Unit.User)
            return Visitors;
        return new PersonSql(
            "coalesce('u:' || t.user_id, 'v:' || f.visitor_id)",
            "(f.is_new AND (t.user_id IS NULL OR f.session_id = n.session_id))",
            $"""

            LEFT JOIN ({Links(site)}) AS t ON t.visitor_id = f.visitor_id
            LEFT JOIN ({Firsts(site)}) AS n ON n.user_id = t.user_id
            """);
    }

    /// <summary>Returns the SQL for the unit of a segment, and adds the site id to the parameters.</summary>
    public static PersonSql Of(SqlParameters parameters, string siteId, Segment? segment) =>
        IsJoined(segment) ? Of(Unit.User, parameters.Add(siteId)) : Visitors;

    /// <summary>
    /// Returns a query for the links of a site: each linked visitor, and the user of its latest session whose link is
    /// not revoked.
    /// </summary>
    public static string Links(string site) =>
        $"""
        SELECT DISTINCT ON (s.visitor_id) s.visitor_id, s.user_id FROM session_facts AS s
        WHERE s.site_id = {site} AND s.user_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM revoked_ties AS k
            WHERE k.site_id = {site} AND k.visitor_id = s.visitor_id AND k.user_id = s.user_id)
        ORDER BY s.visitor_id, s.started_at DESC, s.session_id DESC
        """;

    /// <summary>Returns the command that reads <see cref="Links"/>.</summary>
    public static NpgsqlBatchCommand LinksOf(string siteId) => Sql.Command(Links("$1"), siteId);

    /// <summary>Returns the command that reads the ids of the first sessions of users.</summary>
    public static NpgsqlBatchCommand FirstsOf(string siteId) =>
        Sql.Command($"SELECT n.session_id FROM ({Firsts("$1")}) AS n", siteId);

    /// <summary>Returns a query for the first session of each user, among the first ones of its visitors.</summary>
    private static string Firsts(string site) =>
        $"""
        SELECT DISTINCT ON (t.user_id) t.user_id, s.session_id FROM ({Links(site)}) AS t
        JOIN session_facts AS s ON s.site_id = {site} AND s.visitor_id = t.visitor_id AND s.is_new
        ORDER BY t.user_id, s.started_at, s.session_id
        """;
}
