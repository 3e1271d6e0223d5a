using Npgsql;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;

namespace SessionPlatform.Funnel.Applying;

/// <summary>The stored state of a session.</summary>
/// <param name="IsRetracted">Whether the row is a tombstone.</param>
/// <param name="Contribution">The counted contribution; null for a tombstone, or when it is corrupt.</param>
/// <param name="Document">
/// The snapshot, read only for a recount; null when it is not read, corrupt, or the row is a tombstone.
/// </param>
/// <param name="StartedAt">The start of the session, UTC, as stored in its column.</param>
/// <param name="FactsDigest">See <see cref="Applying.FactsDigest"/>; 0 when it is unknown.</param>
internal sealed record StoredDocument(
    int Revision,
    int ConfigurationVersion,
    bool IsRetracted,
    Contribution? Contribution,
    SessionDocument? Document,
    DateTime StartedAt,
    long FactsDigest);

/// <summary>A row of <c>session_documents</c> to write, and the facts of the session.</summary>
/// <param name="Contribution">The new contribution; null when the session is retracted.</param>
/// <param name="FactsDigest">The digest of the input of the facts; 0 when the session is retracted.</param>
/// <param name="Facts">The new facts; null when they are unchanged or the session is retracted.</param>
internal sealed record DocumentWrite(
    Change Change,
    int Revision,
    int ConfigurationVersion,
    Contribution? Contribution,
    long FactsDigest,
    SessionFacts? Facts);

/// <summary>Reads and writes the table <c>session_documents</c>.</summary>
internal static class DocumentTable
{
    private const string LockSql = """
        SELECT d.site_id, d.visitor_id, d.session_id, d.revision, d.configuration_version, d.retracted,
               d.contribution, CASE WHEN k.recount THEN d.document END, d.started_at, d.facts_digest
        FROM unnest($1::text[], $2::text[], $3::uuid[], $4::boolean[]) AS k(site_id, visitor_id, session_id, recount)
        JOIN session_documents AS d USING (site_id, visitor_id, session_id)
        ORDER BY d.site_id, d.visitor_id, d.session_id
        FOR UPDATE OF d
        """;

    private const string UpdateSql = """
        UPDATE session_documents AS d
        SET revision = k.revision, retracted = k.contribution IS NULL, configuration_version = k.version,
            document = CASE WHEN k.recount THEN d.document ELSE k.document END, contribution = k.contribution,
            started_at = CASE WHEN k.recount THEN d.started_at ELSE k.started_at END, facts_digest = k.facts_digest
        FROM unnest($1::text[], $2::text[], $3::uuid[], $4::int[], $5::int[], $6::boolean[], $7::bytea[], $8::bytea[],
            $9::timestamptz[], $10::bigint[])
            AS k(site_id, visitor_id, session_id, revision, version, recount, document, contribution, started_at,
                facts_digest)
        WHERE d.site_id = k.site_id AND d.visitor_id = k.visitor_id AND d.session_id = k.session_id
        """;

    private const string InsertSql = """
        INSERT INTO session_documents (site_id, visitor_id, session_id, revision, configuration_version, retracted,
            document, contribution, started_at, facts_digest)
        SELECT site_id, visitor_id, session_id, revision, version, contribution IS NULL,
            document, contribution, started_at, facts_digest
        FROM unnest($1::text[], $2::text[], $3::uuid[], $4::int[], $5::int[], $6::bytea[], $7::bytea[],
            $8::timestamptz[], $9::bigint[])
            AS k(site_id, visitor_id, session_id, revision, version, document, contribution, started_at, facts_digest)
        ORDER BY site_id COLLATE "C", visitor_id COLLATE "C", session_id
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Locks the rows of sessions that are already stored, in the order of their keys.</summary>
    public static NpgsqlBatchCommand Lock(IReadOnlyCollection<Change> changes) => Sql.Command(
        LockSql,
        changes.Select(change => change.Key.SiteId).ToArray(),
        changes.Select(change => change.Key.VisitorId).ToArray(),
        changes.Select(change => change.Key.SessionId).ToArray(),
        changes.Select(change => change.IsRecount).ToArray());

    /// <summary>Reads the result of <see cref="Lock"/>.</summary>
    public static async Task<Dictionary<DocumentKey, StoredDocument>> ReadAsync(
        NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<DocumentKey, StoredDocument>();
        while (await reader.ReadAsync(cancellationToken))
        {
            stored[new DocumentKey(reader.GetString(0), reader.GetString(1), reader.GetGuid(2))] = new StoredDocument(
                reader.GetInt32(3),
                reader.GetInt32(4),
                reader.GetBoolean(5),
                Readable.Contribution(Sql.Bytes(reader, 6)),
                Readable.Document(Sql.Bytes(reader, 7)),
                reader.GetDateTime(8),
                reader.GetInt64(9));
        }

        return stored;
    }

    /// <summary>Updates sessions that are locked.</summary>
    public static NpgsqlBatchCommand Update(IReadOnlyCollection<DocumentWrite> writes) => Sql.Command(
        UpdateSql,
        writes.Select(write => write.Change.Key.SiteId).ToArray(),
        writes.Select(write => write.Change.Key.VisitorId).ToArray(),
        writes.Select(write => write.Change.Key.SessionId).ToArray(),
        writes.Select(write => write.Revision).ToArray(),
        writes.Select(write => write.ConfigurationVersion).ToArray(),
        writes.Select(write => write.Change.IsRecount).ToArray(),
        writes.Select(write => Sql.Bytes(write.Change.Document)).ToArray(),
        writes.Select(write => Sql.Bytes(write.Contribution)).ToArray(),
        writes.Select(write => write.Change.StartedAt).ToArray(),
        writes.Select(write => write.FactsDigest).ToArray());

    /// <summary>
    /// Inserts sessions that were not stored; skips those that another transaction inserted meanwhile.
    /// </summary>
    public static NpgsqlBatchCommand Insert(IReadOnlyCollection<DocumentWrite> writes) => Sql.Command(
        InsertSql,
        writes.Select(write => write.Change.Key.SiteId).ToArray(),
        writes.Select(write => write.Change.Key.VisitorId).ToArray(),
        writes.Select(write => write.Change.Key.SessionId).ToArray(),
        writes.Select(write => write.Revision).ToArray(),
        writes.Select(write => write.ConfigurationVersion).ToArray(),
        writes.Select(write => Sql.Bytes(write.Change.Document)).ToArray(),
        writes.Select(write => Sql.Bytes(write.Contribution)).ToArray(),
        writes.Select(write => write.Change.StartedAt).ToArray(),
        writes.Select(write => write.FactsDigest).ToArray());
}
