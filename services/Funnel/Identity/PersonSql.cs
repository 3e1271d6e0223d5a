using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Identity;

/// <summary>
/// Who a session's visitor is, in SQL over a row <c>f</c> of <c>session_facts</c>: the visitor, or, where users are
/// counted, the user it is tied to; a visitor without a tie is one of its own. Computed from what is stored at the
/// moment, so that all reports follow a new login, a late event or a revoked tie at once.
/// </summary>
/// <param name="Person">
/// Text that tells persons apart. That of a user and that of a visitor differ, whatever their ids are.
/// </param>
/// <param name="IsNew">Whether the session is the person's first on the site.</param>
/// <param name="Joins">
/// What both need behind FROM. A join of which a statement uses nothing costs nothing: the planner leaves it out.
/// </param>
internal sealed record PersonSql(string Person, string IsNew, string Joins)
{
    private static readonly PersonSql Visitors = new("f.visitor_id", "f.is_new", "");

    /// <summary>Whether sessions are joined with persons at all.</summary>
    public static bool IsJoined(Segment? segment) => segment is { Unit: Unit.User };

    /// <param name="site">The parameter that holds the site's id.</param>
    public static PersonSql Of(Unit unit, string site)
    {
        if (unit != Unit.User)
            return Visitors;
        return new PersonSql(
            "coalesce('u:' || t.user_id, 'v:' || f.visitor_id)",
            "(f.is_new AND (t.user_id IS NULL OR f.session_id = n.session_id))",
            $"""

            LEFT JOIN ({Ties(site)}) AS t ON t.visitor_id = f.visitor_id
            LEFT JOIN ({Firsts(site)}) AS n ON n.user_id = t.user_id
            """);
    }

    /// <summary>As <see cref="Of(Unit, string)"/>, with the site as a parameter of its own.</summary>
    public static PersonSql Of(SqlParameters parameters, string siteId, Segment? segment) =>
        IsJoined(segment) ? Of(Unit.User, parameters.Add(siteId)) : Visitors;

    /// <summary>
    /// The relation of the visitors of a site that are tied to a user, and the user: that of the latest of its sessions
    /// that has one which is not revoked.
    /// </summary>
    public static string Ties(string site) =>
        $"""
        SELECT DISTINCT ON (s.visitor_id) s.visitor_id, s.user_id FROM session_facts AS s
        WHERE s.site_id = {site} AND s.user_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM revoked_ties AS k
            WHERE k.site_id = {site} AND k.visitor_id = s.visitor_id AND k.user_id = s.user_id)
        ORDER BY s.visitor_id, s.started_at DESC, s.session_id DESC
        """;

    /// <summary>Reads <see cref="Ties"/>.</summary>
    public static NpgsqlBatchCommand TiesOf(string siteId) => Sql.Command(Ties("$1"), siteId);

    /// <summary>Reads the ids of the first sessions of users.</summary>
    public static NpgsqlBatchCommand FirstsOf(string siteId) =>
        Sql.Command($"SELECT n.session_id FROM ({Firsts("$1")}) AS n", siteId);

    /// <summary>The first session of each user, among the first ones of the visitors that are tied to it.</summary>
    private static string Firsts(string site) =>
        $"""
        SELECT DISTINCT ON (t.user_id) t.user_id, s.session_id FROM ({Ties(site)}) AS t
        JOIN session_facts AS s ON s.site_id = {site} AND s.visitor_id = t.visitor_id AND s.is_new
        ORDER BY t.user_id, s.started_at, s.session_id
        """;
}
