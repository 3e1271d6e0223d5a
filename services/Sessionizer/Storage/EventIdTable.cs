using Npgsql;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>Which events are stored: the table <c>event_ids</c> of large streams, and the events of small ones.</summary>
internal static class EventIdTable
{
    private const string SelectInTable = """
        SELECT site_id, stream_key, event_id
        FROM unnest($1::text[], $2::text[], $3::uuid[]) AS given (site_id, stream_key, event_id)
        WHERE EXISTS (
            SELECT FROM event_ids e
            WHERE e.site_id = given.site_id AND e.stream_key = given.stream_key AND e.event_id = given.event_id)
        """;

    // One index-only pass over each stream, which is small. Without OFFSET 0 the planner, to whom a probe of every month
    // looks dear, reads all events of all streams once a batch is large.
    internal const string SelectInStreams = """
        SELECT given.site_id, given.stream_key, e.event_id
        FROM (SELECT DISTINCT site_id, stream_key FROM unnest($1::text[], $2::text[]) AS k (site_id, stream_key)) given
        JOIN LATERAL (
            SELECT event_id FROM events
            WHERE site_id = given.site_id AND stream_key = given.stream_key AND event_id = ANY($3)
            OFFSET 0) e ON true
        """;

    /// <summary>Those of the events that are stored.</summary>
    /// <param name="connection">Holds the locks of the streams.</param>
    /// <param name="suspects">Events that the filters of their streams do not rule out.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public static async Task<HashSet<(StreamId Stream, Guid EventId)>> FindStoredAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<(StreamId Stream, Guid EventId, bool IdsInTable)> suspects,
        CancellationToken cancellationToken)
    {
        var stored = new HashSet<(StreamId, Guid)>();
        if (suspects.Count == 0)
            return stored;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (sql, some) in new[]
        {
            (SelectInTable, suspects.Where(s => s.IdsInTable).ToList()),
            (SelectInStreams, suspects.Where(s => !s.IdsInTable).ToList()),
        })
        {
            if (some.Count > 0)
            {
                batch.Add(
                    sql,
                    some.Select(s => s.Stream.SiteId).ToArray(),
                    some.Select(s => s.Stream.StreamKey).ToArray(),
                    some.Select(s => s.EventId).ToArray());
            }
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken))
                stored.Add((new(reader.GetString(0), reader.GetString(1)), reader.GetGuid(2)));
        }
        while (await reader.NextResultAsync(cancellationToken));
        return stored;
    }

    private const string Insert = """
        INSERT INTO event_ids (site_id, stream_key, event_id)
        SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[])
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Adds the statement that takes up events of streams that are in the table already.</summary>
    public static void AddInsert(NpgsqlBatch batch, IReadOnlyCollection<(StreamId Stream, Guid EventId)> added) =>
        batch.Add(
            Insert,
            added.Select(a => a.Stream.SiteId).ToArray(),
            added.Select(a => a.Stream.StreamKey).ToArray(),
            added.Select(a => a.EventId).ToArray());

    private const string InsertStreams = """
        INSERT INTO event_ids (site_id, stream_key, event_id)
        SELECT given.site_id, given.stream_key, e.event_id
        FROM unnest($1::text[], $2::text[]) AS given (site_id, stream_key)
        JOIN LATERAL (
            SELECT event_id FROM events
            WHERE site_id = given.site_id AND stream_key = given.stream_key
            OFFSET 0) e ON true
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Adds the statement that takes up all stored events of streams; behind what stores them.</summary>
    public static void AddInsertStreams(NpgsqlBatch batch, IReadOnlyCollection<StreamId> streams) =>
        batch.Add(
            InsertStreams,
            streams.Select(s => s.SiteId).ToArray(),
            streams.Select(s => s.StreamKey).ToArray());
}
