using Npgsql;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Facts;

/// <summary>Writes <c>session_facts</c>. Whoever does holds the document's row or the site's lock.</summary>
internal static class FactTable
{
    private static readonly string Columns = Join(column => column.Name);

    /// <summary>Facts that travelled as arrays, as rows of the table's types: the relation <c>k</c>.</summary>
    public static string Rows { get; } =
        $"""
        (SELECT {Join(column => column.Type == column.Wire ? column.Name : $"{column.Name}::{column.Type}")}
         FROM unnest({string.Join(", ", FactColumn.All.Select((column, index) => $"${index + 1}::{column.Wire}[]"))})
            AS w({Columns})) AS k
        """;

    private static readonly string UpsertSql =
        $"""
        INSERT INTO session_facts ({Columns})
        SELECT {Columns} FROM {Rows} ORDER BY site_id COLLATE "C", started_at, session_id
        ON CONFLICT (site_id, started_at, session_id) DO UPDATE SET
            {string.Join(", ", FactColumn.All.Skip(3).Select(column => $"{column.Name} = excluded.{column.Name}"))}
        """;

    private const string DeleteSql = """
        DELETE FROM session_facts AS f
        USING unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[]) AS k(site_id, visitor_id, session_id, kept)
        WHERE f.site_id = k.site_id AND f.visitor_id = k.visitor_id AND f.session_id = k.session_id
            AND f.started_at IS DISTINCT FROM k.kept
        """;

    /// <summary>Sets the facts of sessions, in the order of their keys.</summary>
    public static NpgsqlBatchCommand Upsert(IEnumerable<SessionFacts> facts) => Sql.Command(UpsertSql, Parameters(facts));

    /// <summary>
    /// Deletes what there is of the sessions, but for what is at the time given: found by visitor, so that nothing is
    /// left behind at whatever time it was.
    /// </summary>
    public static NpgsqlBatchCommand Delete(IReadOnlyCollection<(DocumentKey Key, DateTime? Kept)> sessions) =>
        Sql.Command(
            DeleteSql,
            sessions.Select(session => session.Key.SiteId).ToArray(),
            sessions.Select(session => session.Key.VisitorId).ToArray(),
            sessions.Select(session => session.Key.SessionId).ToArray(),
            sessions.Select(session => session.Kept).ToArray());

    /// <summary>The values of <see cref="Rows"/>.</summary>
    public static object[] Parameters(IEnumerable<SessionFacts> facts)
    {
        var rows = facts.ToArray();
        return [.. FactColumn.All.Select(column => column.Values(rows))];
    }

    private static string Join(Func<FactColumn, string> text) => string.Join(", ", FactColumn.All.Select(text));
}
