using System.Data;
using Google.Protobuf;
using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Sessionizer.Reading;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Auditing;

/// <summary>
/// Some neighbouring streams of a site, all that is stored of them, read in one snapshot: by ranges of keys, so that
/// what belongs to no row of <c>streams</c> is seen, too.
/// </summary>
internal sealed class StoredHistory
{
    private const int StreamsAtOnce = 200;

    private const string SelectSite = "SELECT base_version, rules_version FROM sites WHERE site_id = $1";

    private const string SelectUpTo = """
        SELECT max(stream_key), count(*) FROM (
            SELECT stream_key FROM streams WHERE site_id = $1 AND stream_key > $2 ORDER BY stream_key LIMIT $3) next
        """;

    private const string SelectTouched = """
        SELECT DISTINCT stream_key FROM events
        WHERE site_id = $1 AND stream_key > $2 AND ($3::text IS NULL OR stream_key <= $3)
            AND occurred_at >= coalesce($4, '-infinity') AND occurred_at < coalesce($5, 'infinity')
        UNION
        SELECT stream_key FROM sessions
        WHERE site_id = $1 AND stream_key > $2 AND ($3::text IS NULL OR stream_key <= $3)
            AND started_at >= coalesce($4, '-infinity') AND started_at < coalesce($5, 'infinity')
        """;

    private const string SelectEvents = """
        SELECT stream_key, occurred_at, event_id, event FROM events
        WHERE site_id = $1 AND stream_key > $2 AND ($3::text IS NULL OR stream_key <= $3)
            AND ($4::text[] IS NULL OR stream_key = ANY($4))
        """;

    private static readonly string SelectSessions = $"""
        SELECT {SessionTable.StoredColumns}, {StoredColumnTexts.Sql} FROM sessions s
        WHERE s.site_id = $1 AND s.stream_key > $2 AND ($3::text IS NULL OR s.stream_key <= $3)
            AND ($4::text[] IS NULL OR s.stream_key = ANY($4)) AND NOT s.retracted
        """;

    /// <summary>The key of the last stream; null: there are no more behind these.</summary>
    public string? LastKey { get; private set; }

    /// <summary>How many streams.</summary>
    public int Streams { get; private set; }

    /// <summary>Which rules count.</summary>
    public SiteVersions Versions { get; private set; }

    /// <summary>The rules that count, over time.</summary>
    public List<(int Version, long From, Contracts.Sites.V1.SiteRules Rules)> Rules { get; private set; } = [];

    /// <summary>Events that can be read, each once.</summary>
    public List<AcceptedEvent> Events { get; } = [];

    /// <summary>Sessions, without tombstones, and their columns as text.</summary>
    public List<(SessionRecord Record, string?[] Columns)> Sessions { get; } = [];

    /// <summary>Events that are not what their rows say.</summary>
    public List<(string StreamKey, AuditDifference Difference)> Damaged { get; } = [];

    /// <summary>Reads the streams behind a key.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="siteId">The site.</param>
    /// <param name="after">The key.</param>
    /// <param name="range">Only streams with something in it; null: all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task<StoredHistory> ReadAsync(
        NpgsqlDataSource dataSource, string siteId, string after, TimeRange? range, CancellationToken cancellationToken) =>
        ReadAsync(dataSource, siteId, after, range, withSessions: true, cancellationToken);

    /// <summary>Reads the events of the streams behind a key, and nothing of their sessions.</summary>
    /// <inheritdoc cref="ReadAsync(NpgsqlDataSource, string, string, TimeRange?, CancellationToken)"/>
    public static Task<StoredHistory> ReadEventsAsync(
        NpgsqlDataSource dataSource, string siteId, string after, TimeRange? range, CancellationToken cancellationToken) =>
        ReadAsync(dataSource, siteId, after, range, withSessions: false, cancellationToken);

    private static async Task<StoredHistory> ReadAsync(
        NpgsqlDataSource dataSource,
        string siteId,
        string after,
        TimeRange? range,
        bool withSessions,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead, cancellationToken);
        var read = new StoredHistory();
        await read.ReadKeysAsync(connection, siteId, after, cancellationToken);
        read.Rules = await RulesTimelines.ReadAsync(connection, siteId, read.Versions, cancellationToken);
        var only = range is null ? null : await read.ReadTouchedAsync(connection, siteId, after, range, cancellationToken);
        await read.ReadEventsAsync(connection, siteId, after, only, cancellationToken);
        if (withSessions)
            await read.ReadSessionsAsync(connection, siteId, after, only, cancellationToken);
        return read;
    }

    private async Task ReadKeysAsync(
        NpgsqlConnection connection, string siteId, string after, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(SelectSite, siteId);
        batch.Add(SelectUpTo, siteId, after, StreamsAtOnce);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        Versions = new(reader.GetInt32(0), reader.GetInt32(1));
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        Streams = (int)reader.GetInt64(1);
        LastKey = Streams < StreamsAtOnce ? null : reader.GetString(0);
    }

    private async Task<string[]> ReadTouchedAsync(
        NpgsqlConnection connection, string siteId, string after, TimeRange range, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, SelectTouched, siteId, after);
        command.Parameters.Add(TimeRanges.Parameter(range.From));
        command.Parameters.Add(TimeRanges.Parameter(range.To));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            keys.Add(reader.GetString(0));
        return [.. keys];
    }

    private async Task ReadEventsAsync(
        NpgsqlConnection connection, string siteId, string after, string[]? only, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, SelectEvents, siteId, after);
        command.Parameters.Add(new() { Value = only ?? (object)DBNull.Value, NpgsqlDbType = TextArray });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new HashSet<(string, Guid)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (key, id) = (reader.GetString(0), reader.GetGuid(2));
            var bytes = await reader.GetFieldValueAsync<byte[]>(3, cancellationToken);
            var e = Parse(bytes);
            if (e is null)
                Damaged.Add((key, Damage(id, "event", "unreadable", null)));
            else if (!EventRowIs(e, siteId, key, reader.GetDateTime(1), id))
                Damaged.Add((key, Damage(id, "event", "not the event that its row says", null)));
            else if (!ids.Add((key, id)))
                Damaged.Add((key, Damage(id, "event_id", "twice", "once")));
            else
                Events.Add(e);
        }
    }

    private async Task ReadSessionsAsync(
        NpgsqlConnection connection, string siteId, string after, string[]? only, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, SelectSessions, siteId, after);
        command.Parameters.Add(new() { Value = only ?? (object)DBNull.Value, NpgsqlDbType = TextArray });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var columns = await reader.GetFieldValueAsync<string?[]>(SessionTable.StoredColumnCount, cancellationToken);
            Sessions.Add((SessionTable.Read(reader), columns));
        }
    }

    private const NpgsqlTypes.NpgsqlDbType TextArray = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text;

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, string siteId, string after) =>
        new(sql, connection)
        {
            Parameters =
            {
                new() { Value = siteId },
                new() { Value = after },
                new() { Value = LastKey ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
            },
        };

    private static AcceptedEvent? Parse(byte[] bytes)
    {
        try
        {
            return AcceptedEvent.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static bool EventRowIs(AcceptedEvent e, string siteId, string key, DateTime occurredAt, Guid id) =>
        e.Event?.SiteId == siteId
        && e.StreamKey == key
        && e.OccurredAt == Micros.FromDateTime(occurredAt)
        && e.EventId.Length == 16
        && new Guid(e.EventId.Span, bigEndian: true) == id;

    private static AuditDifference Damage(Guid eventId, string field, string stored, string? recomputed)
    {
        var difference = new AuditDifference
        {
            Kind = AuditDifference.Types.Kind.Session, Subject = $"event {eventId:D}", Field = field, Stored = stored,
        };
        if (recomputed is not null)
            difference.Recomputed = recomputed;
        return difference;
    }
}
