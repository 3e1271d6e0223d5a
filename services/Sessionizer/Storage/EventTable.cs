using System.Runtime.CompilerServices;
using System.Text;
using Google.Protobuf;
using Npgsql;
using NpgsqlTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// The table <c>events</c>: every accepted event once. Callers hold the locks of the streams they name.
/// </summary>
internal static class EventTable
{
    private const string Copy =
        "COPY events (site_id, stream_key, occurred_at, event_id, event) FROM STDIN (FORMAT BINARY)";

    private const int TimeAndIdBytes = 24;

    /// <summary>Stores events that are known to be new.</summary>
    public static async Task CopyAsync(
        NpgsqlConnection connection, IEnumerable<AcceptedEvent> events, CancellationToken cancellationToken)
    {
        await using var rows = await BinaryCopyWriter.BeginAsync(connection, Copy, cancellationToken);
        foreach (var e in events)
        {
            var keys = Encoding.UTF8.GetMaxByteCount(e.Event.SiteId.Length + e.StreamKey.Length);
            await rows.BeginRowAsync(5, keys + TimeAndIdBytes, cancellationToken);
            rows.WriteText(e.Event.SiteId);
            rows.WriteText(e.StreamKey);
            rows.WriteTime(e.OccurredAt);
            rows.WriteUuid(e.EventId.Span);
            // As it came; an event that was made here has no such form yet.
            var encoded = e.Encoded.IsEmpty ? e.ToByteArray() : e.Encoded;
            await rows.WriteBytesAsync(encoded, cancellationToken);
        }

        await rows.CompleteAsync(cancellationToken);
    }

    // occurred_at is the partition key: with it only the months in question are opened, provided that each range is
    // looked up on its own, which OFFSET 0 makes sure of.
    private const string SelectRanges = """
        SELECT r.ordinal, e.event
        FROM unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
            AS r (ordinal, site_id, stream_key, from_time, to_time)
        JOIN LATERAL (
            SELECT event FROM events
            WHERE site_id = r.site_id AND stream_key = r.stream_key
                AND occurred_at >= r.from_time AND occurred_at <= r.to_time
            OFFSET 0) e ON true
        """;

    /// <summary>
    /// The stored events of several time spans, both ends inclusive; a list for each range, unordered.
    /// </summary>
    public static async Task<List<AcceptedEvent>[]> LoadAsync(
        NpgsqlConnection connection, IReadOnlyList<EventRange> ranges, CancellationToken cancellationToken)
    {
        var loaded = new List<AcceptedEvent>[ranges.Count];
        for (var i = 0; i < loaded.Length; i++)
            loaded[i] = [];
        if (loaded.Length == 0)
            return loaded;

        await using var command = new NpgsqlCommand(SelectRanges, connection)
        {
            Parameters =
            {
                new() { Value = Enumerable.Range(0, loaded.Length).ToArray() },
                new() { Value = ranges.Select(r => r.Stream.SiteId).ToArray() },
                new() { Value = ranges.Select(r => r.Stream.StreamKey).ToArray() },
                new() { Value = ranges.Select(r => Micros.ToDateTime(r.From)).ToArray() },
                new() { Value = ranges.Select(r => Micros.ToDateTime(r.To)).ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            loaded[reader.GetInt32(0)].Add(Read(reader, 1));
        return loaded;
    }

    private const string SelectNext = """
        SELECT event FROM events
        WHERE site_id = $1 AND stream_key = $2 AND occurred_at > $3
        ORDER BY occurred_at
        LIMIT $4
        """;

    /// <summary>All events of a stream in its order, some thousand at a time.</summary>
    public static async IAsyncEnumerable<List<AcceptedEvent>> ReadStreamAsync(
        NpgsqlConnection connection, StreamId stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int least = 5000;
        var (after, limit) = (DateTime.MinValue, least);
        while (true)
        {
            var events = new List<AcceptedEvent>();
            await using (var command = new NpgsqlCommand(SelectNext, connection)
            {
                Parameters =
                {
                    new() { Value = stream.SiteId },
                    new() { Value = stream.StreamKey },
                    new() { Value = after, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                    new() { Value = limit },
                },
            })
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                    events.Add(Read(reader, 0));
            }

            var isLast = events.Count < limit;
            // The limit may have cut between events of one time, which the order of the stream is yet to sort.
            if (!isLast)
            {
                var cut = events[^1].OccurredAt;
                events.RemoveAll(e => e.OccurredAt == cut);
            }

            if (events.Count > 0)
            {
                after = Micros.ToDateTime(events[^1].OccurredAt);
                events.Sort((a, b) => EventKey.Of(a).CompareTo(EventKey.Of(b)));
                yield return events;
            }

            if (isLast)
                yield break;
            limit = events.Count == 0 ? limit * 2 : least;
        }
    }

    private static AcceptedEvent Read(NpgsqlDataReader reader, int column) =>
        AcceptedEvent.Parser.ParseFrom(reader.GetFieldValue<byte[]>(column));
}

/// <summary>A span of one stream's events; microseconds since 1970, both ends inclusive.</summary>
internal readonly record struct EventRange(StreamId Stream, long From, long To);
