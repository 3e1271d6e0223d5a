using Npgsql;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>A row of <c>session_documents</c>.</summary>
internal sealed record DocumentRow(int Revision, bool IsRetracted, DateTime StartedAt, byte[]? Bytes)
{
    /// <summary>The document; null when it is corrupt or the row is a tombstone.</summary>
    public SessionDocument? Document => Readable.Document(Bytes);
}

/// <summary>Reads stored documents for an audit.</summary>
internal sealed class DocumentRows(NpgsqlDataSource dataSource, string siteId, DateTime? from, DateTime? to)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // PostgreSQL reads these as -infinity and infinity.
    private static readonly DateTime First = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
    private static readonly DateTime Last = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    /// <summary>Returns the rows of those sessions that are stored.</summary>
    public async Task<Dictionary<DocumentKey, DocumentRow>> FindAsync(
        IReadOnlyCollection<DocumentKey> keys, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT d.visitor_id, d.session_id, d.revision, d.retracted, d.started_at, d.document
            FROM unnest($2::text[], $3::uuid[]) AS k(visitor_id, session_id)
            JOIN session_documents AS d
                ON d.site_id = $1 AND d.visitor_id = k.visitor_id AND d.session_id = k.session_id
            """;
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(
            sql,
            siteId,
            keys.Select(key => key.VisitorId).ToArray(),
            keys.Select(key => key.SessionId).ToArray()));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<DocumentKey, DocumentRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found[new DocumentKey(siteId, reader.GetString(0), reader.GetGuid(1))] = new DocumentRow(
                reader.GetInt32(2), reader.GetBoolean(3), reader.GetDateTime(4), Sql.Bytes(reader, 5));
        }

        return found;
    }

    /// <summary>Returns the number of sessions in the range by UTC day of their start, without tombstones.</summary>
    public async Task<Dictionary<DateOnly, long>> CountAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT (started_at AT TIME ZONE 'UTC')::date, count(*) FROM session_documents
            WHERE site_id = $1 AND started_at >= $2 AND started_at < $3 AND NOT retracted GROUP BY 1
            """;
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(sql, siteId, from ?? First, to ?? Last));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var counts = new Dictionary<DateOnly, long>();
        while (await reader.ReadAsync(cancellationToken))
            counts[Sql.Date(reader, 0)!.Value] = reader.GetInt64(1);
        return counts;
    }

    /// <summary>Returns the sessions of a UTC day that are in the range, without tombstones.</summary>
    public async Task<HashSet<DocumentKey>> OfDayAsync(DateOnly day, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT visitor_id, session_id FROM session_documents
            WHERE site_id = $1 AND started_at >= $2 AND started_at < $3 AND NOT retracted
            """;
        var (start, end) = Span(day);
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(sql, siteId, start, end));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var keys = new HashSet<DocumentKey>();
        while (await reader.ReadAsync(cancellationToken))
            keys.Add(new DocumentKey(siteId, reader.GetString(0), reader.GetGuid(1)));
        return keys;
    }

    /// <summary>Returns the intersection of a UTC day and the range.</summary>
    public (DateTime Start, DateTime End) Span(DateOnly day)
    {
        var start = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var end = start + Day;
        return (from > start ? from.Value : start, to < end ? to.Value : end);
    }

    public bool IsInRange(DateTime startedAt) => !(from > startedAt) && !(to <= startedAt);
}
