using Npgsql;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;

namespace SessionPlatform.Funnel.Applying;

/// <summary>Reads the table <c>bot_marks</c>, which changes only under the exclusive lock of the site.</summary>
internal static class BotMarks
{
    private const string FindSql = """
        SELECT DISTINCT m.site_id, m.visitor_id, m.is_bot
        FROM unnest($1::text[], $2::text[]) AS k(site_id, visitor_id) JOIN bot_marks AS m USING (site_id, visitor_id)
        """;

    /// <summary>Selects the marks of the visitors of sessions.</summary>
    public static NpgsqlBatchCommand Find(IEnumerable<DocumentKey> keys)
    {
        var visitors = keys.Select(key => (key.SiteId, key.VisitorId)).Distinct().ToArray();
        return Sql.Command(
            FindSql,
            Array.ConvertAll(visitors, visitor => visitor.SiteId),
            Array.ConvertAll(visitors, visitor => visitor.VisitorId));
    }

    /// <summary>Reads the result of <see cref="Find"/>.</summary>
    public static async Task<Dictionary<(string SiteId, string VisitorId), bool>> ReadAsync(
        NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var marks = new Dictionary<(string SiteId, string VisitorId), bool>();
        while (await reader.ReadAsync(cancellationToken))
            marks[(reader.GetString(0), reader.GetString(1))] = reader.GetBoolean(2);
        return marks;
    }
}
