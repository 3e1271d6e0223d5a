using System.Globalization;
using Npgsql;
using SessionPlatform.Sessionizer.Sessions;
using static SessionPlatform.Contracts.Sessions.V1.Session.Types;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>Reads the table <c>sessions</c>.</summary>
internal static class SessionTable
{
    private const string SmallColumns = """
        s.site_id, s.stream_key, s.started_at, s.session_id, s.revision, s.closed, s.retracted, s.start_reason,
            s.end_reason, s.is_new, s.events, s.over_at, s.history, s.state
        """;

    /// <summary>
    /// The columns of a <see cref="SessionRecord"/>, of a table with alias s; read by <see cref="Read"/>.
    /// </summary>
    public const string StoredColumns = $"{SmallColumns}, s.journey, s.timeline";

    /// <summary>
    /// The same for going on with a session: a journey and a timeline that are full are left out, since newer events
    /// leave them as they are; so a session of 100,000 events is continued as cheaply as one of 2,000.
    /// </summary>
    public static readonly string ContinuedColumns = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {SmallColumns}, CASE WHEN s.page_views <= {SessionJourney.MaxSteps} THEN s.journey END,
            CASE WHEN s.events < {SessionTimeline.MaxEvents} THEN s.timeline END
        """);

    /// <summary>How many columns <see cref="StoredColumns"/> are.</summary>
    public const int StoredColumnCount = 16;

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
        reader.GetInt32(10),
        Micros.FromDateTime(reader.GetDateTime(11)),
        reader.GetFieldValue<byte[]>(12),
        reader.GetFieldValue<byte[]>(13),
        reader.IsDBNull(14) ? null : reader.GetFieldValue<byte[]>(14),
        reader.IsDBNull(15) ? null : reader.GetFieldValue<byte[]>(15));

    private const string SelectByAddress = $"""
        SELECT {StoredColumns}
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[])
            AS given (site_id, stream_key, started_at, session_id)
        JOIN LATERAL (
            SELECT * FROM sessions
            WHERE site_id = given.site_id AND stream_key = given.stream_key AND started_at = given.started_at
                AND session_id = given.session_id AND NOT retracted
            OFFSET 0) s ON true
        """;

    /// <summary>Those of the sessions that are stored, by id; tombstones are not.</summary>
    public static async Task<Dictionary<Guid, SessionRecord>> FindAsync(
        NpgsqlConnection connection, IReadOnlyCollection<SessionAddress> addresses, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SelectByAddress, connection)
        {
            Parameters =
            {
                new() { Value = addresses.Select(a => a.Stream.SiteId).ToArray() },
                new() { Value = addresses.Select(a => a.Stream.StreamKey).ToArray() },
                new() { Value = addresses.Select(a => Micros.ToDateTime(a.StartedAt)).ToArray() },
                new() { Value = addresses.Select(a => a.SessionId).ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<Guid, SessionRecord>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var record = Read(reader);
            found.Add(record.Address.SessionId, record);
        }

        return found;
    }

    private const string SelectOfStream = """
        SELECT started_at, session_id, visitor_id FROM sessions
        WHERE site_id = $1 AND stream_key = $2 AND NOT retracted
        """;

    /// <summary>Where the sessions of a stream are, and whose; without tombstones.</summary>
    public static async Task<List<(SessionAddress Session, string VisitorId)>> FindOfStreamAsync(
        NpgsqlConnection connection, StreamId stream, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SelectOfStream, connection)
        {
            Parameters = { new() { Value = stream.SiteId }, new() { Value = stream.StreamKey } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(SessionAddress, string)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var address = new SessionAddress(stream, Micros.FromDateTime(reader.GetDateTime(0)), reader.GetGuid(1));
            found.Add((address, reader.GetString(2)));
        }

        return found;
    }

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
