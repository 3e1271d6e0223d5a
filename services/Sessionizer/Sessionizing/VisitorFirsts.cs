using Npgsql;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>
/// Which session is a visitor's first, where clients decide the sessions: there each session is a stream of its own,
/// and streams alone do not tell. Visitors are locked after the streams and before anything is written, in key order;
/// whoever changes a session of a visitor holds the visitor's lock.
/// </summary>
internal static class VisitorFirsts
{
    private const string InsertMissing = """
        INSERT INTO visitors (site_id, visitor_id)
        SELECT site_id, visitor_id FROM unnest($1::text[], $2::text[]) AS given (site_id, visitor_id)
        ORDER BY site_id COLLATE "C", visitor_id COLLATE "C"
        ON CONFLICT DO NOTHING
        """;

    private const string Lock = """
        SELECT FROM visitors
        JOIN unnest($1::text[], $2::text[]) AS given (site_id, visitor_id) USING (site_id, visitor_id)
        ORDER BY site_id, visitor_id
        FOR UPDATE OF visitors
        """;

    // The second half is for visitors whose session key is their own id: those the index leaves out.
    private static readonly string SelectFirst = $"""
        SELECT {SessionTable.StoredColumns}
        FROM unnest($1::text[], $2::text[]) AS given (site_id, visitor_id)
        JOIN LATERAL (
            SELECT * FROM (
                SELECT * FROM sessions
                WHERE site_id = given.site_id AND visitor_id = given.visitor_id AND stream_key <> visitor_id
                    AND NOT retracted AND session_id <> ALL($3)
                UNION ALL
                SELECT * FROM sessions
                WHERE site_id = given.site_id AND stream_key = given.visitor_id AND visitor_id = given.visitor_id
                    AND NOT retracted AND session_id <> ALL($3)) of_visitor
            ORDER BY started_at
            FETCH FIRST 1 ROW WITH TIES) s ON true
        """;

    /// <summary>Sets <c>IsNew</c> of sessions that are about to be stored.</summary>
    /// <param name="connection">In the transaction that will store them.</param>
    /// <param name="rows">Sessions of sites with authoritative keys.</param>
    /// <param name="retracted">Sessions of such sites that are about to be retracted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Other sessions, which are or are no more their visitor's first from now on.</returns>
    public static async Task<List<(SessionAddress Session, bool IsNew)>> SettleAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<SessionRow> rows,
        IReadOnlyCollection<(SessionAddress Session, string VisitorId)> retracted,
        CancellationToken cancellationToken)
    {
        var changing = rows.ToLookup(row => (row.Stream.SiteId, row.Folded.VisitorId));
        var visitors = changing.Select(visitor => visitor.Key)
            .Concat(retracted.Select(r => (r.Session.Stream.SiteId, r.VisitorId)))
            .Distinct()
            .ToList();
        if (visitors.Count == 0)
            return [];
        var ids = rows.Select(row => row.Folded.SessionId).Concat(retracted.Select(r => r.Session.SessionId)).ToArray();
        var others = (await LoadAsync(connection, visitors, ids, cancellationToken))
            .ToLookup(other => (other.Record.Address.Stream.SiteId, other.VisitorId));

        var changes = new List<(SessionAddress, bool)>();
        foreach (var visitor in visitors)
        {
            // Of events that are alike in two streams the smaller stream key decides.
            var first = changing[visitor].Select(row => (row.Folded.First, row.Address))
                .Concat(others[visitor].Select(other => (other.First, other.Record.Address)))
                .OrderBy(session => session.First)
                .ThenBy(session => session.Address.Stream.StreamKey, StringComparer.Ordinal)
                .Select(session => session.Address)
                .FirstOrDefault();
            foreach (var row in changing[visitor])
                row.Folded.IsNew = row.Address == first;
            changes.AddRange(
                from other in others[visitor]
                let isFirst = other.Record.Address == first
                where other.Record.IsNew != isFirst
                select (other.Record.Address, isFirst));
        }

        return changes;
    }

    private static async Task<List<(SessionRecord Record, string VisitorId, EventKey First)>> LoadAsync(
        NpgsqlConnection connection,
        List<(string SiteId, string VisitorId)> visitors,
        Guid[] except,
        CancellationToken cancellationToken)
    {
        var siteIds = visitors.Select(v => v.SiteId).ToArray();
        var visitorIds = visitors.Select(v => v.VisitorId).ToArray();
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(InsertMissing, siteIds, visitorIds);
        batch.Add(Lock, siteIds, visitorIds);
        batch.Add(SelectFirst, siteIds, visitorIds, except);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var loaded = new List<(SessionRecord, string, EventKey)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var record = SessionTable.Read(reader);
            loaded.Add((record, record.ToDocument().Session.VisitorId, record.ToHeader().First));
        }

        return loaded;
    }
}
