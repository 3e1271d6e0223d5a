using Npgsql;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Explaining;

/// <summary>A session as it is stored, its events, and what lies before and behind it in its stream.</summary>
internal sealed class SessionSurroundings
{
    private SessionSurroundings(SessionRecord record, SiteVersions versions) =>
        (Record, Versions) = (record, versions);

    public SessionRecord Record { get; }

    public SiteVersions Versions { get; }

    /// <summary>The session before it; null: there is none.</summary>
    public SessionRecord? Previous { get; private set; }

    /// <summary>Its first events, in order.</summary>
    public List<AcceptedEvent> Events { get; private set; } = [];

    /// <summary>The event behind its last one; null: there is none.</summary>
    public AcceptedEvent? Next { get; private set; }

    /// <summary>How often events of the session came again.</summary>
    public Dictionary<Guid, int> Duplicates { get; } = [];

    /// <summary>Of a retracted session: those that cover its time now.</summary>
    public List<Guid> NowIn { get; } = [];

    private static readonly string SelectSession = $"""
        SELECT {SessionTable.StoredColumns}, sites.base_version, sites.rules_version
        FROM sessions s JOIN sites USING (site_id)
        WHERE s.session_id = $1 AND s.site_id = $2
        """;

    public static async Task<SessionSurroundings?> ReadAsync(
        NpgsqlConnection connection, string siteId, Guid sessionId, int mostEvents, CancellationToken cancellationToken)
    {
        SessionSurroundings read;
        await using (var command = new NpgsqlCommand(SelectSession, connection)
        {
            Parameters = { new() { Value = sessionId }, new() { Value = siteId } },
        })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
                return null;
            var column = SessionTable.StoredColumnCount;
            read = new(SessionTable.Read(reader), new(reader.GetInt32(column), reader.GetInt32(column + 1)));
        }

        if (read.Record.Retracted)
        {
            await read.ReadNowInAsync(connection, cancellationToken);
            return read;
        }

        await read.ReadPreviousAsync(connection, cancellationToken);
        await read.ReadEventsAsync(connection, mostEvents, cancellationToken);
        await read.ReadDuplicatesAsync(connection, cancellationToken);
        return read;
    }

    private const string SelectNowIn = """
        SELECT session_id FROM sessions
        WHERE site_id = $1 AND stream_key = $2 AND NOT retracted AND started_at <= $4 AND ended_at >= $3
        ORDER BY started_at
        """;

    private async Task ReadNowInAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var session = Record.ToDocument().Session;
        await using var command = Command(
            connection, SelectNowIn, session.StartedAt.ToDateTime(), session.EndedAt.ToDateTime());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            NowIn.Add(reader.GetGuid(0));
    }

    // Several may begin at one time, so the window reaches a time further back, and the order is made here.
    private async Task ReadPreviousAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const int some = 64;
        var windows = new SessionWindow[] { new(Record.Address.Stream, Record.Address.StartedAt, some) };
        var around = (await SessionTable.LoadAsync(connection, windows, cancellationToken))[0];
        var first = Record.ToHeader().First;
        Previous = around.Where(other => other.ToHeader().First < first).MaxBy(other => other.ToHeader().First);
    }

    private const string SelectEvents = """
        (SELECT event FROM events
         WHERE site_id = $1 AND stream_key = $2 AND occurred_at >= $3 AND occurred_at <= $4
         ORDER BY occurred_at LIMIT $5)
        UNION ALL
        (SELECT event FROM events
         WHERE site_id = $1 AND stream_key = $2 AND occurred_at >= $4
         ORDER BY occurred_at LIMIT $5)
        """;

    private async Task ReadEventsAsync(
        NpgsqlConnection connection, int mostEvents, CancellationToken cancellationToken)
    {
        var header = Record.ToHeader();
        await using var command = Command(
            connection,
            SelectEvents,
            Micros.ToDateTime(header.First.OccurredAt),
            Micros.ToDateTime(header.Last.OccurredAt),
            mostEvents + 1);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new SortedDictionary<EventKey, AcceptedEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var e = AcceptedEvent.Parser.ParseFrom(await reader.GetFieldValueAsync<byte[]>(0, cancellationToken));
            events[EventKey.Of(e)] = e;
        }

        Events = events.Where(e => e.Key >= header.First && e.Key <= header.Last)
            .Select(e => e.Value)
            .Take(mostEvents)
            .ToList();
        Next = events.Where(e => e.Key > header.Last).Select(e => e.Value).FirstOrDefault();
    }

    private const string SelectDuplicates =
        "SELECT event_id, times FROM duplicate_events WHERE site_id = $1 AND stream_key = $2 AND event_id = ANY($3)";

    private async Task ReadDuplicatesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var ids = Events.Select(e => new Guid(e.EventId.Span, bigEndian: true)).ToArray();
        await using var command = Command(connection, SelectDuplicates, (object)ids);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            Duplicates.Add(reader.GetGuid(0), reader.GetInt32(1));
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = Record.Address.Stream.SiteId });
        command.Parameters.Add(new() { Value = Record.Address.Stream.StreamKey });
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return command;
    }
}
