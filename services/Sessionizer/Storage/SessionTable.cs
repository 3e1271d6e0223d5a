using Npgsql;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>Reads the table <c>sessions</c>.</summary>
internal static class SessionTable
{
    /// <summary>
    /// The columns of a <see cref="SessionRecord"/>, of a table with alias s; read by <see cref="Read"/>.
    /// </summary>
    public const string StoredColumns = """
        s.site_id, s.stream_key, s.started_at, s.session_id, s.revision, s.closed, s.retracted, s.start_reason,
            s.end_reason, s.is_new, s.state
        """;

    /// <summary>How many columns <see cref="StoredColumns"/> are.</summary>
    public const int StoredColumnCount = 11;

    public static SessionRecord Read(NpgsqlDataReader reader) => new(
        new(
            new(reader.GetString(0), reader.GetString(1)),
            Micros.FromDateTime(reader.GetDateTime(2)),
            reader.GetGuid(3)),
        reader.GetInt32(4),
        reader.GetBoolean(5),
        reader.GetBoolean(6),
        (BoundaryReason)reader.GetInt16(7),
        reader.IsDBNull(8) ? null : (BoundaryReason)reader.GetInt16(8),
        reader.GetBoolean(9),
        reader.GetFieldValue<byte[]>(10));

    // Several sessions may begin at one time, so "before" leaves that time out: the walk begins a session early at
    // worst.
    private const string SelectFrom = $"""
        SELECT {StoredColumns}, w.ordinal
        FROM unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[], $5::int[])
            AS w (ordinal, site_id, stream_key, time, amount)
        JOIN LATERAL (
            SELECT * FROM sessions
            WHERE site_id = w.site_id AND stream_key = w.stream_key AND NOT retracted
                AND started_at >= coalesce(
                    (SELECT max(p.started_at) FROM sessions p
                     WHERE p.site_id = w.site_id AND p.stream_key = w.stream_key AND NOT p.retracted
                        AND p.started_at < w.time),
                    '-infinity')
            ORDER BY started_at, session_id
            LIMIT w.amount) s ON true
        ORDER BY w.ordinal, s.started_at
        """;

    /// <summary>
    /// For each window the newest session that begins before its time, and those that follow, up to its amount.
    /// Sessions that begin at one time come in no certain order.
    /// </summary>
    public static async Task<List<SessionRecord>[]> LoadAsync(
        NpgsqlConnection connection, IReadOnlyList<SessionWindow> windows, CancellationToken cancellationToken)
    {
        var loaded = new List<SessionRecord>[windows.Count];
        for (var i = 0; i < loaded.Length; i++)
            loaded[i] = [];
        await using var command = new NpgsqlCommand(SelectFrom, connection)
        {
            Parameters =
            {
                new() { Value = Enumerable.Range(0, loaded.Length).ToArray() },
                new() { Value = windows.Select(w => w.Stream.SiteId).ToArray() },
                new() { Value = windows.Select(w => w.Stream.StreamKey).ToArray() },
                new() { Value = windows.Select(w => Micros.ToDateTime(w.Time)).ToArray() },
                new() { Value = windows.Select(w => w.Amount).ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            loaded[reader.GetInt32(StoredColumnCount)].Add(Read(reader));
        return loaded;
    }
}

/// <summary>Some consecutive sessions of a stream, see <see cref="SessionTable.LoadAsync"/>.</summary>
internal readonly record struct SessionWindow(StreamId Stream, long Time, int Amount);
