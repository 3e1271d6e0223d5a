using Npgsql;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>Writes the table <c>rejected_events</c>: events that count for nothing, kept for a look.</summary>
internal static class RejectTable
{
    private const string Insert = """
        INSERT INTO rejected_events (reject_id, site_id, rejected_at, reason, field, events, event)
        SELECT reject_id, site_id, rejected_at, reason, field, events, nullif(event, ''::bytea)
        FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::int[], $7::bytea[])
            AS given (reject_id, site_id, rejected_at, reason, field, events, event)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Adds the statement that keeps rejected events; one that comes again is kept once.</summary>
    public static void AddInsert(NpgsqlBatch batch, IReadOnlyList<RejectedEvent> rejects) => batch.Add(
        Insert,
        rejects.Select(r => new Guid(r.RejectId.Span, bigEndian: true)).ToArray(),
        rejects.Select(r => r.SiteId).ToArray(),
        rejects.Select(r => Micros.ToDateTime(r.RejectedAt)).ToArray(),
        rejects.Select(r => r.Reason).ToArray(),
        rejects.Select(r => r.Field).ToArray(),
        rejects.Select(r => r.Count).ToArray(),
        rejects.Select(r => r.Event.ToByteArray()).ToArray());
}
