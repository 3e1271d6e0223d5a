using Npgsql;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;

namespace SessionPlatform.Funnel.Applying;

/// <summary>
/// Writes <c>session_facts</c>. The caller holds the row lock of the document or the exclusive lock of the site.
/// </summary>
internal static class FactTable
{
    private static readonly string Columns = Join(column => column.Name);

    private static readonly string Conflict =
        $"""
        ON CONFLICT (site_id, started_at, session_id) DO UPDATE SET
            {string.Join(", ", FactColumn.All.Skip(3).Select(column => $"{column.Name} = excluded.{column.Name}"))}
        """;

    private static readonly int Last = FactColumn.All.Count;

    /// <summary>A SELECT that converts the array parameters of facts to rows with the types of the table.</summary>
    public static string Rows { get; } =
        $"""
        SELECT {Join(column => column.Type == column.Wire ? column.Name : $"{column.Name}::{column.Type}")}
        FROM unnest({string.Join(", ", FactColumn.All.Select((column, index) => $"${index + 1}::{column.Wire}[]"))})
            AS w({Columns})
        """;

    private static readonly string UpsertSql =
        $"""
        INSERT INTO session_facts ({Columns})
        SELECT {Columns} FROM ({Rows}) AS k ORDER BY site_id COLLATE "C", started_at, session_id {Conflict}
        """;

    // All parts see the table as before the statement, so old rows are subtracted and new ones added.
    private static readonly string WriteSql =
        $"""
        WITH f AS MATERIALIZED ({Rows}), written AS (
            INSERT INTO session_facts ({Columns})
            SELECT {Columns} FROM f ORDER BY site_id COLLATE "C", started_at, session_id {Conflict}
        ), deleted AS (
            DELETE FROM session_facts AS f
            USING unnest(${Last + 1}::text[], ${Last + 2}::text[], ${Last + 3}::uuid[], ${Last + 4}::timestamptz[])
                AS k(site_id, visitor_id, session_id, kept)
            WHERE f.site_id = k.site_id AND f.visitor_id = k.visitor_id AND f.session_id = k.session_id
                AND f.started_at IS DISTINCT FROM k.kept
            RETURNING f.site_id, f.started_hour, f.is_bot, {HourTotals.OfFact}
        ), changed AS (
            SELECT 1 AS sign, f.site_id, f.started_hour, f.is_bot, {HourTotals.OfFact} FROM f
            UNION ALL SELECT -1, * FROM deleted
            UNION ALL SELECT -1, f.site_id, f.started_hour, f.is_bot, {HourTotals.OfFact}
            FROM f AS k JOIN session_facts AS f USING (site_id, started_at, session_id)
        )
        {HourTotals.Add}
        """;

    /// <summary>
    /// Upserts the facts of sessions, deletes outdated ones, and updates the totals of hours. Rows are locked in the
    /// order of their keys.
    /// </summary>
    /// <param name="facts">The facts to store.</param>
    /// <param name="misplaced">
    /// Sessions whose rows are deleted unless they start at the given time; null deletes all rows of the session.
    /// </param>
    public static NpgsqlBatchCommand Write(
        SessionFacts[] facts, IReadOnlyCollection<(DocumentKey Key, DateTime? Kept)> misplaced) =>
        Sql.Command(
            WriteSql,
            [
                .. Parameters(facts),
                misplaced.Select(session => session.Key.SiteId).ToArray(),
                misplaced.Select(session => session.Key.VisitorId).ToArray(),
                misplaced.Select(session => session.Key.SessionId).ToArray(),
                misplaced.Select(session => session.Kept).ToArray(),
            ]);

    /// <summary>Upserts facts only, for a repair that updates the totals of hours afterwards.</summary>
    public static NpgsqlBatchCommand Set(IEnumerable<SessionFacts> facts) =>
        Sql.Command(UpsertSql, Parameters([.. facts]));

    /// <summary>Returns the array parameters of <see cref="Rows"/>.</summary>
    public static object[] Parameters(SessionFacts[] facts) =>
        [.. FactColumn.All.Select(column => column.Values(facts))];

    private static string Join(Func<FactColumn, string> text) => string.Join(", ", FactColumn.All.Select(text));
}
